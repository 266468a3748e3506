import type { SessionEventKind } from '../../../electron/contract/index.ts';
import { defineText } from '../../ui/i18n.ts';
import type { Dictionary } from '../../ui/i18n.ts';

/** Sentences of the list of a session's events. */
export const sessionEventsText = defineText(
  { title: '场次记事', all: '全部', trouble: '仅异常', none: '本场次没有此类记事' },
  { title: 'Session record', all: 'All', trouble: 'Trouble only', none: 'Nothing of this kind in the session' },
);

/** What each kind of event is called. */
export const sessionEventText: Dictionary<SessionEventKind | 'gap'> = defineText(
  {
    opened: '开始录制', resumed: '继续录制', closed: '本场结束', split: '画面参数变化，分段录制', reconnected: '重新连接', 'address-renewed': '更新拉流地址', 'variant-changed': '切换清晰度',
    'sequence-reset': '直播源序号重置', 'clock-step': '本机时间跳变', 'clock-measured': '校时', 'timestamp-jump': '媒体时间跳变', 'headers-repeated': '重复的流头', 'data-replayed': '重复送达的内容',
    'headers-changed': '流头变化', 'key-changed': '更换密钥', 'disk-gate': '磁盘写入受限', resolver: '解析网页地址', preflight: '取证前检查', imported: '导入', note: '备注', gap: '缺口',
  },
  {
    opened: 'Recording began', resumed: 'Recording resumed', closed: 'Session ended', split: 'Split: the picture’s parameters changed', reconnected: 'Reconnected', 'address-renewed': 'Address renewed', 'variant-changed': 'Rendition changed',
    'sequence-reset': 'Source counts anew', 'clock-step': 'System clock jumped', 'clock-measured': 'Clock measured', 'timestamp-jump': 'Media time jumped', 'headers-repeated': 'Stream headers repeated', 'data-replayed': 'Content sent again',
    'headers-changed': 'Stream headers changed', 'key-changed': 'Key changed', 'disk-gate': 'Disk gate', resolver: 'Page resolved', preflight: 'Preflight', imported: 'Imported', note: 'Note', gap: 'Gap',
  },
);
