/** The few sentences that the shell itself says; everything else is the window's. */
export type ShellText = {
  name: string;
  recording: (rooms: number) => string;
  idle: string;
  show: string;
  quit: string;
  quitAsk: (rooms: number) => string;
  quitDetail: string;
  keepRecording: string;
  stopAndQuit: string;
  engineDown: (seconds: number) => string;
};

const zh: ShellText = {
  name: '直播鉴',
  recording: (rooms) => `仍在录制 ${rooms} 路`,
  idle: '未在录制',
  show: '显示窗口',
  quit: '退出',
  quitAsk: (rooms) => `正在录制 ${rooms} 路直播,是否停止录制并退出?`,
  quitDetail: '已录制的内容已保存。退出后这些直播间将不再录制,直至下次启动。',
  keepRecording: '继续录制',
  stopAndQuit: '停止录制并退出',
  engineDown: (seconds) => `引擎意外停止,${seconds} 秒后自动重启。已录制的内容不受影响。`,
};

const en: ShellText = {
  name: 'Zhibojian',
  recording: (rooms) => `Still recording ${rooms} ${rooms === 1 ? 'room' : 'rooms'}`,
  idle: 'Not recording',
  show: 'Show window',
  quit: 'Quit',
  quitAsk: (rooms) => `${rooms} ${rooms === 1 ? 'room is' : 'rooms are'} being recorded. Stop recording and quit?`,
  quitDetail: 'What has been recorded is safe. These rooms will not be recorded again until the next start.',
  keepRecording: 'Keep recording',
  stopAndQuit: 'Stop recording and quit',
  engineDown: (seconds) => `The engine stopped unexpectedly and restarts in ${seconds} s. What has been recorded is safe.`,
};

/** The shell's sentences for a locale: English where the system speaks English, Chinese everywhere else. */
export function shellTextFor(locale: string): ShellText {
  return locale.toLowerCase().startsWith('en') ? en : zh;
}
