import { defineText } from '../../ui/i18n.ts';

/** Sentences of the leads panel. */
export const leadsText = defineText(
  { title: '疑似线索', open: '待核', all: '全部', next: '下一条 / 上一条', enter: '在直播间中查看', confirm: '确认', dismiss: '排除', undo: '撤销上一次核定', emptyOpen: '暂无待核线索', emptyAll: '暂无线索', emptyHint: '发现疑似违规内容后列于此处。', exported: '已取证', nothingToUndo: '没有可撤销的核定', undone: '已撤销：{quote}', dismissed: '已排除：{quote}', basis: '依据', more: '仅列最近 {n} 条' },
  { title: 'Leads', open: 'Open', all: 'All', next: 'Next / previous', enter: 'View in the room', confirm: 'Confirm', dismiss: 'Dismiss', undo: 'Undo the last review', emptyOpen: 'No open leads', emptyAll: 'No leads', emptyHint: 'Suspected violations are listed here as they are found.', exported: 'Exported', nothingToUndo: 'Nothing to undo', undone: 'Taken back: {quote}', dismissed: 'Dismissed: {quote}', basis: 'Basis', more: 'Only the newest {n} are listed' },
);
