import type { Category, DismissReason, FlagState, Lane, RoomState, Severity } from '../../electron/contract/index.ts';
import { defineText } from './i18n.ts';
import type { Dictionary } from './i18n.ts';

/** The seven categories of the monitoring scope, in the standard's terms. */
export const categoryText: Dictionary<Category> = defineText(
  { identity: '身份违规', mismatch: '货不对板', exaggerated: '夸大宣传', counterfeit: '售假卖假', 'fake-orders': '刷单诱购', vulgar: '宣传低俗', 'after-sales': '质量与退换货' },
  { identity: 'Identity', mismatch: 'Not as described', exaggerated: 'Exaggerated claims', counterfeit: 'Counterfeits', 'fake-orders': 'Fake orders', vulgar: 'Vulgar content', 'after-sales': 'Quality and returns' },
);

/** How grave a lead is. */
export const severityText: Dictionary<Severity> = defineText(
  { veto: '一票否决', high: '高', medium: '中', low: '低' },
  { veto: 'Veto', high: 'High', medium: 'Medium', low: 'Low' },
);

/** Lanes of perception. */
export const laneText: Dictionary<Lane> = defineText({ speech: '语音', ocr: '字幕', image: '画面', chat: '弹幕', caption: '随流字幕' }, { speech: 'Speech', ocr: 'On screen', image: 'Picture', chat: 'Chat', caption: 'Captions' });

/** States of a room. */
export const roomStateText: Dictionary<RoomState> = defineText(
  { stopped: '未录制', connecting: '连接中', live: '直播中', stalled: '断流', offline: '未开播', 'address-expired': '地址过期', 'disk-gate': '磁盘暂停', 'clock-wrong': '时钟有误' },
  { stopped: 'Not recording', connecting: 'Connecting', live: 'Live', stalled: 'Stalled', offline: 'Offline', 'address-expired': 'Address expired', 'disk-gate': 'Held by disk', 'clock-wrong': 'Clock wrong' },
);

/** What an inspector said of a lead. */
export const flagStateText: Dictionary<FlagState> = defineText({ open: '待核', confirmed: '已确认', dismissed: '已排除' }, { open: 'Open', confirmed: 'Confirmed', dismissed: 'Dismissed' });

/** Why a lead was dismissed. */
export const dismissReasonText: Dictionary<DismissReason> = defineText(
  { lawful: '属合法表述', misheard: '识别有误', context: '语境不构成', duplicate: '重复线索', other: '其他' },
  { lawful: 'Lawful wording', misheard: 'Misread or misheard', context: 'Not so in context', duplicate: 'Duplicate', other: 'Other' },
);

/** Words that every screen uses. */
export const commonText = defineText(
  {
    confirm: '确认', dismiss: '排除', undo: '撤销', cancel: '取消', close: '关闭', save: '保存', retry: '重试', remove: '移除', edit: '编辑', start: '开始录制', stop: '停止录制', add: '添加',
    lead: '疑似线索', room: '直播间', demo: '演示', since: '自 {time} 起', what: '情况', kept: '已保留', todo: '处置', none: '无', export: '导出证据', details: '详情', ok: '通过', failed: '未通过', loading: '读取中',
  },
  {
    confirm: 'Confirm', dismiss: 'Dismiss', undo: 'Undo', cancel: 'Cancel', close: 'Close', save: 'Save', retry: 'Retry', remove: 'Remove', edit: 'Edit', start: 'Start recording', stop: 'Stop recording', add: 'Add',
    lead: 'Lead', room: 'Room', demo: 'Demo', since: 'since {time}', what: 'What happened', kept: 'What was kept', todo: 'What to do', none: 'None', export: 'Export evidence', details: 'Details', ok: 'Passed', failed: 'Failed', loading: 'Loading',
  },
);
