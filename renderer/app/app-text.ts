import { defineText } from '../ui/i18n.ts';

/** Sentences of the shell. */
export const appText = defineText(
  {
    brand: '直播鉴', wall: '巡查', rooms: '房间', evidence: '证据', library: '录像库', settings: '设置',
    recording: '录制 {n} 路', clock: '时钟 {offset}', clockUnknown: '时钟未校', clockWrong: '时钟有误 {offset}', disk: '盘 {free}',
    'gate.full': '磁盘已满，录制暂停', 'gate.read-only': '磁盘只读，录制暂停', 'gate.gone': '录像磁盘不可用', 'gate.slow': '磁盘过慢',
    'link.open': '已连接', 'link.connecting': '正在连接', 'link.lost': '与引擎的连接中断，正在重连', linkLostHint: '录制由后台进行，不受此窗口影响；显示内容停在中断时。',
    help: '快捷键 ?', theme: '明暗', hideRooms: '收起房间列表', showRooms: '展开房间列表', hideLeads: '收起线索', showLeads: '展开线索',
    filter: '筛选房间', noRooms: '尚无房间', noMatch: '没有符合的房间', leads: '线索', shellKeys: '全局', goWall: '巡查', goRooms: '房间', goEvidence: '证据', goLibrary: '录像库', goSettings: '设置', nextPlace: '切换明暗',
    screenFailed: '本页出错，其余部分照常运行。', reload: '重新载入',
  },
  {
    brand: 'Zhibojian', wall: 'Wall', rooms: 'Rooms', evidence: 'Evidence', library: 'Library', settings: 'Settings',
    recording: 'Recording {n}', clock: 'Clock {offset}', clockUnknown: 'Clock not checked', clockWrong: 'Clock wrong {offset}', disk: 'Disk {free}',
    'gate.full': 'Disk full, recording paused', 'gate.read-only': 'Disk read-only, recording paused', 'gate.gone': 'Recording disk missing', 'gate.slow': 'Disk too slow',
    'link.open': 'Connected', 'link.connecting': 'Connecting', 'link.lost': 'Engine connection lost, reconnecting', linkLostHint: 'Recording runs in the background and is not affected; what is shown stands still.',
    help: 'Shortcuts ?', theme: 'Theme', hideRooms: 'Hide rooms', showRooms: 'Show rooms', hideLeads: 'Hide leads', showLeads: 'Show leads',
    filter: 'Filter rooms', noRooms: 'No rooms yet', noMatch: 'No room matches', leads: 'Leads', shellKeys: 'Everywhere', goWall: 'Wall', goRooms: 'Rooms', goEvidence: 'Evidence', goLibrary: 'Library', goSettings: 'Settings', nextPlace: 'Switch theme',
    screenFailed: 'This screen failed; the rest runs on.', reload: 'Reload',
  },
);
