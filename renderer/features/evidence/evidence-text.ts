import type { EvidencePackage } from '../../../electron/contract/index.ts';
import { defineText } from '../../ui/i18n.ts';
import type { Dictionary } from '../../ui/i18n.ts';

/** Sentences of the evidence screen and the export dialog. */
export const evidenceText = defineText(
  {
    title: '证据', created: '生成时间', room: '直播间', range: '时段', size: '大小', state: '状态', verify: '校验', by: '取证人', flags: '线索', download: '下载', verifyNow: '校验', verifying: '校验中', verified: '全部通过', altered: '未通过 {n} 项', notVerified: '未校验',
    emptyTitle: '尚无证据包', emptyHint: '在直播间中选取时段，或就一条线索按 E，即可生成证据包。', drop: '将证据包（.zip）拖到此处校验，或', choose: '选择文件', dropNow: '松开即校验', uploadOk: '{name}：全部 {n} 项校验通过', uploadBad: '{name}：{bad} 项未通过', close: '关闭', hash: 'SHA-256', checks: '校验项', openRoom: '查看该时段',
    exportTitle: '导出证据', from: '起', to: '止', length: '时长 {length}', withFlags: '所含线索', noFlags: '该时段未选线索，只导出音视频与文字记录', exportNow: '生成证据包', rangeBad: '止点须晚于起点', exportHint: '生成后将自动列于“证据”。证据包含原始片段、剪辑、截图、文字记录、线索及依据、校验清单与签名。', started: '正在生成证据包', look: '查看',
  },
  {
    title: 'Evidence', created: 'Made', room: 'Room', range: 'Range', size: 'Size', state: 'State', verify: 'Verification', by: 'By', flags: 'Leads', download: 'Download', verifyNow: 'Verify', verifying: 'Verifying', verified: 'All passed', altered: '{n} failed', notVerified: 'Not verified',
    emptyTitle: 'No packages yet', emptyHint: 'Choose a range in a room, or press E on a lead, to make a package.', drop: 'Drop a package (.zip) here to verify it, or', choose: 'choose a file', dropNow: 'Release to verify', uploadOk: '{name}: all {n} checks passed', uploadBad: '{name}: {bad} checks failed', close: 'Close', hash: 'SHA-256', checks: 'Checks', openRoom: 'View the range',
    exportTitle: 'Export evidence', from: 'From', to: 'To', length: 'Length {length}', withFlags: 'Leads included', noFlags: 'No lead chosen; only footage and transcript are exported', exportNow: 'Make the package', rangeBad: 'The end must be after the start', exportHint: 'It appears under Evidence. It holds original segments, clip, stills, transcript, leads with their basis, manifest and signature.', started: 'The package is being made', look: 'View',
  },
);

/** States of a package. */
export const packageStateText: Dictionary<EvidencePackage['state']> = defineText(
  { queued: '等待生成', building: '正在生成', done: '已生成', failed: '生成失败', cancelled: '已取消' },
  { queued: 'Queued', building: 'Being made', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
);
