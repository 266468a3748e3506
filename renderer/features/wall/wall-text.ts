import { defineText } from '../../ui/i18n.ts';

/** Sentences of the wall. */
export const wallText = defineText(
  {
    title: '巡查', layout: '布局', select: '选中第 n 路', mute: '静音 / 取消静音', solo: '单独监听', open: '打开直播间', full: '全屏', muteAll: '全部静音',
    emptyTitle: '尚未添加直播间', emptyHint: '可先启动随程序附带的演示直播间，查看录制、识别、线索与取证全过程；也可直接添加直播间地址。', startDemo: '启动演示直播间', addRoom: '添加直播间', demoStarting: '正在启动',
    noPicture: '暂无画面', leads: '{n} 条待核', noLeads: '无待核线索', heard: '监听中', soloed: '独听', muted: '静音', elapsed: '本场 ', tenMinutes: '最近十分钟', level: '音量 {db} dB', goThere: '{time} {name}：{quote}', waiting: '等待识别',
  },
  {
    title: 'Wall', layout: 'Layout', select: 'Select tile n', mute: 'Mute / unmute', solo: 'Listen to this one only', open: 'Open the room', full: 'Full screen', muteAll: 'Mute all',
    emptyTitle: 'No rooms yet', emptyHint: 'Start the demo rooms that come with the program to see recording, reading, leads and evidence at work; or add the address of a room.', startDemo: 'Start demo rooms', addRoom: 'Add a room', demoStarting: 'Starting',
    noPicture: 'No picture', leads: '{n} open', noLeads: 'No open leads', heard: 'Audible', soloed: 'Solo', muted: 'Muted', elapsed: 'Session ', tenMinutes: 'Last ten minutes', level: 'Level {db} dB', goThere: '{time} {name}: {quote}', waiting: 'Waiting for text',
  },
);
