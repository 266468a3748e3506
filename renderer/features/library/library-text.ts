import type { LibraryTask, Protection } from '../../../electron/contract/index.ts';
import { defineText } from '../../ui/i18n.ts';
import type { Dictionary } from '../../ui/i18n.ts';
import type { RecordingKind } from './recording-list.ts';

/** Sentences of the library screen and its lists. */
export const libraryText = defineText(
  {
    title: '录像库', 'view.recordings': '录像', 'view.retention': '到期清理', 'view.holds': '保全', 'view.altered': '校验', import: '导入', move: '迁移', settings: '设置',
    room: '直播间', start: '开播时间', length: '时长', size: '大小', segments: '分段', gaps: '缺口', state: '状态', checked: '上次校验', notChecked: '未校验', by: '经办人', reason: '理由',
    allRooms: '全部直播间', from: '起始日期', to: '截止日期', chosen: '已选 {n} 场，{size}', clear: '取消选择', check: '校验', checkAll: '全部校验', hold: '保全', export: '导出', schedule: '列入删除', unschedule: '撤销删除', shown: '{n} 场',
    emptyTitle: '尚无录像', emptyHint: '在“房间”中开始录制，或导入其他程序录制的文件。', goRooms: '前往房间', noMatch: '没有符合条件的录像', noMatchHint: '放宽筛选条件后再看。', resetFilter: '清除筛选', failedTitle: '录像库读取失败',
    'mark.recording': '录制中', 'mark.imported': '导入', 'mark.altered': '{n} 个文件与校验值不符', 'mark.scheduled': '列入删除，{date} 后可删', 'mark.due': '列入删除，宽限期已满', 'mark.deleted': '{date} 已删除，保留事实与校验值', 'mark.until': '保存至 {date}', 'mark.expired': '{date} 已到期',
    gapOf: '{n} 处，共 {length}', scheduledNow: '已将 {n} 场列入删除，{date} 后方可彻底删除', unscheduledNow: '已撤销 {n} 场的删除', nothingChosen: '先选择录像', nothingToSchedule: '所选录像受保护、在录或已列入删除，不能列入', exportRunning: '在录的直播须结束后整场导出',
    keyMove: '上一场、下一场', keyOpen: '打开', keyChoose: '选择', keyAll: '全选', keyViews: '录像、到期清理、保全、校验', keyFilter: '筛选直播间', keyClear: '取消选择',
    'disk.recordings': '录像', 'disk.other': '其他文件', 'disk.free': '可用', 'disk.min': '最低保留', 'disk.quota': '总量上限', 'disk.days': '约可再录 {n} 日', 'disk.daysHistory': '按近 7 日平均', 'disk.daysLive': '按当前码率', 'disk.daysUnknown': '录制后可估算可用天数', 'disk.path': '位置', 'disk.gate': '写入', 'disk.gateOpen': '正常，录制可写入', 'disk.since': '自 {time} 起', 'disk.latency': '写入耗时 {ms} ms', 'disk.closed': '写入已暂停', 'disk.slowGate': '写入过慢', 'disk.quotaGate': '已达上限',
    oldCopy: '已迁至新位置，旧位置 {dir} 的副本仍在，占用磁盘。', removeOld: '清理旧副本', removeOldTitle: '清理旧副本', removeOldBody: '将删除 {dir} 下的全部录像副本。删除前逐一核对新位置的文件；缺少任何一个即停止，旧副本保留。', removeOldSure: '已确认新位置的录像可以正常播放', removedOld: '旧副本已清理', keep: '暂不清理',
  },
  {
    title: 'Library', 'view.recordings': 'Recordings', 'view.retention': 'Retention', 'view.holds': 'Holds', 'view.altered': 'Integrity', import: 'Import', move: 'Move', settings: 'Settings',
    room: 'Room', start: 'Began', length: 'Length', size: 'Size', segments: 'Segments', gaps: 'Gaps', state: 'State', checked: 'Last check', notChecked: 'never', by: 'By', reason: 'Reason',
    allRooms: 'All rooms', from: 'From', to: 'To', chosen: '{n} chosen, {size}', clear: 'Clear choice', check: 'Check', checkAll: 'Check all', hold: 'Hold', export: 'Export', schedule: 'Schedule deletion', unschedule: 'Undo deletion', shown: '{n}',
    emptyTitle: 'No recordings yet', emptyHint: 'Start recording under Rooms, or import files that another program recorded.', goRooms: 'Go to Rooms', noMatch: 'No recording matches', noMatchHint: 'Widen the filter.', resetFilter: 'Clear the filter', failedTitle: 'The library could not be read',
    'mark.recording': 'Recording', 'mark.imported': 'Imported', 'mark.altered': 'Files altered: {n}', 'mark.scheduled': 'To be deleted, not before {date}', 'mark.due': 'To be deleted, grace is over', 'mark.deleted': 'Deleted {date}; facts and hashes stay', 'mark.until': 'Kept until {date}', 'mark.expired': 'Expired {date}',
    gapOf: '{n}, {length} together', scheduledNow: '{n} scheduled for deletion, not before {date}', unscheduledNow: 'Deletion of {n} undone', nothingChosen: 'Choose recordings first', nothingToSchedule: 'What is chosen is protected, running or scheduled already', exportRunning: 'A running session can be exported once it is over',
    keyMove: 'Up and down', keyOpen: 'Open', keyChoose: 'Choose', keyAll: 'Choose all', keyViews: 'Recordings, retention, holds, integrity', keyFilter: 'Filter by room', keyClear: 'Clear choice',
    'disk.recordings': 'Recordings', 'disk.other': 'Other files', 'disk.free': 'Free', 'disk.min': 'Kept free', 'disk.quota': 'Quota', 'disk.days': 'About {n} days left', 'disk.daysHistory': 'by the last 7 days', 'disk.daysLive': 'by the bit rates of now', 'disk.daysUnknown': 'Days left are known once something records', 'disk.path': 'Folder', 'disk.gate': 'Writing', 'disk.gateOpen': 'in order', 'disk.since': 'since {time}', 'disk.latency': 'write takes {ms} ms', 'disk.closed': 'Writing is paused', 'disk.slowGate': 'Writing is slow', 'disk.quotaGate': 'Quota reached',
    oldCopy: 'The library has moved; the copy in {dir} is still there and takes up disk.', removeOld: 'Remove the old copy', removeOldTitle: 'Remove the old copy', removeOldBody: 'All copies of recordings in {dir} will be deleted. Every file is looked for in the new place first; if one is missing, nothing is deleted.', removeOldSure: 'I have seen that the recordings play from the new place', removedOld: 'The old copy was removed', keep: 'Keep it',
  },
);

/** Kinds of recordings to filter by. */
export const kindText: Dictionary<RecordingKind> = defineText(
  { all: '全部', held: '保全', altered: '异常', scheduled: '列入删除', imported: '导入', deleted: '已删除' },
  { all: 'All', held: 'Held', altered: 'Altered', scheduled: 'To delete', imported: 'Imported', deleted: 'Deleted' },
);

/** Why a recording may not be deleted; `{detail}` is the hold's reason, the number of leads or the package. */
export const protectionText: Dictionary<Protection['kind']> = defineText(
  { hold: '保全：{detail}', 'open-flag': '待核线索 {detail} 条', finding: '已确认线索 {detail} 条', exported: '近期已出证', running: '录制中' },
  { hold: 'Held: {detail}', 'open-flag': '{detail} open leads', finding: '{detail} findings', exported: 'Lately exported as evidence', running: 'Recording' },
);

/** Kinds of long work. */
export const taskKindText: Dictionary<LibraryTask['kind']> = defineText({ verify: '校验', move: '迁移', import: '导入', export: '导出' }, { verify: 'Check', move: 'Move', import: 'Import', export: 'Export' });

/** Sentences of long work. */
export const taskText = defineText(
  {
    tasks: '任务', queued: '等待中', cancel: '取消', resume: '继续', hide: '收起', open: '查看', cancelled: '已取消，已完成的部分保留。', interrupted: '未完成', sessions: '{n} 场录像', hideEnded: '收起已结束的任务', bytes: '{done} / {total}', items: '第 {n} / {total} 项', problems: '详情',
    'done.verify': '已校验 {n} 场，全部与入库时一致', 'done.altered': '已校验 {n} 场，发现 {altered} 个文件与校验值不符', 'done.move': '已迁至 {to}，共 {files} 个文件', 'done.import': '已导入 {n} 场', 'done.importKnown': '，{n} 场此前已导入', 'done.importFailed': '，{n} 项未成功', 'done.export': '已导出 {n} 场至 {folder}',
  },
  {
    tasks: 'Tasks', queued: 'Waiting', cancel: 'Cancel', resume: 'Go on', hide: 'Put away', open: 'View', cancelled: 'Cancelled; what was done is kept.', interrupted: 'Not finished', sessions: '{n} recordings', hideEnded: 'Put away what has ended', bytes: '{done} of {total}', items: '{n} of {total}', problems: 'Details',
    'done.verify': '{n} checked, all as they were stored', 'done.altered': '{n} checked; files that do not match their hash: {altered}', 'done.move': 'Moved to {to}, {files} files', 'done.import': '{n} imported', 'done.importKnown': ', {n} were there already', 'done.importFailed': ', {n} did not succeed', 'done.export': '{n} exported to {folder}',
  },
);

/** Sentences of the retention view and of deletion. */
export const retentionText = defineText(
  {
    summary: '保存期 {days} 日，{date} 前结束的录像已到期。', toFree: '现可列入删除 {n} 场，释放 {size}', noneExpiring: '没有到期可删的录像', automatic: '到期录像由系统自动列入删除，宽限期满后自动删除。', manual: '到期录像不会自动删除，须由人员列入并再次确认。',
    within: '{n} 日内到期', withinFrees: '{n} 场，{size}', withinProtected: '，另有 {n} 场受保护', expiring: '到期，可列入删除', scheduled: '已列入删除', protected: '到期，但受保护', expired: '到期日', purgeAfter: '最早删除', scheduledBy: '列入人', why: '保护原因', scheduleAll: '全部列入删除', purge: '彻底删除', purgeAll: '彻底删除宽限期满的 {n} 场', undo: '撤销', noScheduled: '没有列入删除的录像', noProtected: '没有因保护而保留的到期录像', graceLeft: '宽限期至 {date}', graceOver: '宽限期已满',
    scheduleTitle: '列入删除', scheduleBody: '将 {n} 场录像（{size}）列入删除。{days} 日宽限期内可随时撤销，期满后须再次确认才会删除文件。', scheduleEarly: '其中 {n} 场保存期未满，确认提前删除', scheduleKept: '{n} 场受保护，不列入：', reason: '理由', reasonHint: '写入操作记录与完整性日志', reasonNeeded: '提前删除须填写理由',
    purgeTitle: '彻底删除录像文件', purgeBody: '{n} 场录像的文件将从磁盘删除，释放 {size}，不能恢复。分段清单、校验值、线索与操作记录保留。', purgeType: '输入“{word}”确认', purgeWord: '彻底删除', purged: '已删除 {n} 场录像的文件，释放 {size}', cannotYet: '宽限期未满',
  },
  {
    summary: 'Kept for {days} days; what ended before {date} has expired.', toFree: '{n} may be scheduled for deletion now, freeing {size}', noneExpiring: 'Nothing that has expired may go', automatic: 'What expires is scheduled by itself, and deleted by itself after the grace.', manual: 'Nothing is deleted by itself: a person schedules it and confirms again.',
    within: 'Expires in {n} days', withinFrees: '{n}, {size}', withinProtected: ', and {n} protected', expiring: 'Expired, may go', scheduled: 'Scheduled for deletion', protected: 'Expired, but protected', expired: 'Expired', purgeAfter: 'Not before', scheduledBy: 'By', why: 'Protected by', scheduleAll: 'Schedule all', purge: 'Delete for good', purgeAll: 'Delete the {n} past their grace', undo: 'Undo', noScheduled: 'Nothing is scheduled for deletion', noProtected: 'Nothing expired is kept by a protection', graceLeft: 'grace until {date}', graceOver: 'grace is over',
    scheduleTitle: 'Schedule deletion', scheduleBody: '{n} recordings ({size}) will be scheduled for deletion. This can be undone for {days} days; after that the files go only when confirmed again.', scheduleEarly: '{n} have not expired: delete them early', scheduleKept: '{n} are protected and stay:', reason: 'Reason', reasonHint: 'Written into the record of acts and the integrity log', reasonNeeded: 'Deleting early takes a reason',
    purgeTitle: 'Delete the files for good', purgeBody: 'The files of {n} recordings will be deleted, freeing {size}. This cannot be undone. Lists, hashes, leads and the record of acts stay.', purgeType: 'Type “{word}” to confirm', purgeWord: 'delete', purged: 'The files of {n} recordings were deleted, freeing {size}', cannotYet: 'Grace is not over',
  },
);

/** Sentences of holds. */
export const holdText = defineText(
  {
    add: '新增保全', addTitle: '保全录像', addBody: '保全 {n} 场录像。解除之前不会到期清理，也不能删除；已列入删除的随即撤销。', rangeBody: '按直播间和起止时间保全，该时段内的录像均不能删除。', reason: '保全理由', reasonNeeded: '请填写理由', range: '起止时间', added: '已保全 {n} 场录像', addedRange: '已保全该时段的录像', run: '保全',
    what: '保全对象', whole: '整场 {time}', since: '保全时间', release: '解除', releaseTitle: '解除保全', releaseBody: '解除后，录像按保存期管理，到期可以删除。', releaseReason: '解除理由', releaseRun: '解除保全', releasedNow: '已解除保全', showReleased: '显示已解除', releasedBy: '{time} 由 {who} 解除：{reason}', emptyTitle: '没有保全', emptyHint: '在录像列表中选择录像后按 H，或在此按时间段保全。', partly: '已保全 {n} 场，其余未成功',
  },
  {
    add: 'New hold', addTitle: 'Hold recordings', addBody: '{n} recordings will be held: kept from retention and deletion until released. Deletions scheduled for them are undone.', rangeBody: 'Holds whatever a room recorded between two moments.', reason: 'Reason', reasonNeeded: 'Enter a reason', range: 'From and to', added: '{n} recordings are held', addedRange: 'The range is held', run: 'Hold',
    what: 'Held', whole: 'Session of {time}', since: 'Since', release: 'Release', releaseTitle: 'Release the hold', releaseBody: 'The recording falls under retention again and may be deleted once it expires.', releaseReason: 'Reason for the release', releaseRun: 'Release', releasedNow: 'The hold is released', showReleased: 'Show released', releasedBy: 'Released {time} by {who}: {reason}', emptyTitle: 'No holds', emptyHint: 'Choose recordings in the list and press H, or hold a range of time here.', partly: '{n} are held, the others failed',
  },
);

/** Sentences of the integrity view. */
export const alteredText = defineText(
  {
    intro: '逐个读取已存文件，与入库时的校验值比对。', background: '后台校验', backgroundOff: '已关闭', due: '待校验 {n} 场', running: '正在校验，已读 {size}', rests: '没有待校验的录像', 'paused.move': '迁移期间暂停', 'paused.disk-slow': '磁盘过慢，暂停', 'paused.analysis-behind': '分析积压，暂缓', file: '文件', finding: '结果', expected: '入库时', actual: '现为', found: '发现时间', gone: '文件缺失或无法读取。', changed: '内容与入库时不一致，文件已被改动或磁盘损坏。', advice: '保留现场，不要覆盖；如有导出或备份，可据以比对。', emptyTitle: '没有发现异常文件', emptyHint: '上次校验的结果见“录像”一栏；也可立即全部校验。', count: '{n} 个文件与校验值不符。',
  },
  {
    intro: 'Every stored file is read and compared with the hash it had when it was stored.', background: 'Background check', backgroundOff: 'off', due: '{n} due', running: 'checking, {size} read', rests: 'nothing is due', 'paused.move': 'paused while the library moves', 'paused.disk-slow': 'paused: the disk is slow', 'paused.analysis-behind': 'paused: analysis is behind', file: 'File', finding: 'Finding', expected: 'stored as', actual: 'now', found: 'Found', gone: 'The file is missing or cannot be read.', changed: 'The content is not what was stored: the file was changed or the disk is failing.', advice: 'Leave everything as it is; compare with an export or a backup if there is one.', emptyTitle: 'No altered files', emptyHint: 'When each was last checked is in the list of recordings; everything can also be checked now.', count: 'Files that do not match their hash: {n}.',
  },
);

/** Sentences of the import, export and move dialogs. */
export const copyText = defineText(
  {
    importTitle: '导入录像', importRun: '开始导入', paths: '文件或文件夹', pathsHint: '每行一个完整路径。可填 MP4、FLV、TS、MKV 文件，含 .m3u8 的文件夹，或本程序导出的文件夹；文件夹逐层查找。原文件不改动。', drop: '将文件或文件夹拖到此处', dropNow: '松开以加入', dropNoPath: '浏览器窗口取不到文件的完整路径，请在上方填写。', notAbsolute: '不是完整路径：{path}', toRoom: '归入', byName: '按文件名建立直播间', existing: '已有直播间', newRoom: '新建直播间', roomName: '直播间名称', roomNeeded: '请选择或填写直播间', startAt: '开播时间', startHint: '留空则按文件内的时间、文件名、修改时间依次推断',
    exportTitle: '导出录像', exportBody: '将 {n} 场录像（{size}）连同清单、校验值与日志凭证整场复制到指定文件夹。', exportRun: '开始导出', moveTitle: '迁移录像库', moveBody: '将全部录像（{size}）复制到新位置，逐个核对校验值后改在新位置录制。复制期间照常录制，切换时短暂停顿，不丢片段。旧副本由人员另行清理。', moveRun: '开始迁移', now: '现在位置', target: '目标文件夹', targetHint: '完整路径；不存在时自动建立', enough: '需要 {need}，目标磁盘可用 {free}', checking: '正在检查目标文件夹',
  },
  {
    importTitle: 'Import recordings', importRun: 'Import', paths: 'Files or folders', pathsHint: 'One full path a line: MP4, FLV, TS or MKV files, folders with an .m3u8, or folders exported by this program; folders are searched. The originals are not changed.', drop: 'Drop files or folders here', dropNow: 'Let go to add', dropNoPath: 'A browser window cannot see the path of a file: enter it above.', notAbsolute: 'Not a full path: {path}', toRoom: 'Goes to', byName: 'A room by the file’s name', existing: 'A known room', newRoom: 'A new room', roomName: 'Name of the room', roomNeeded: 'Choose or name a room', startAt: 'Began', startHint: 'Left empty, it is taken from the file, its name or its date',
    exportTitle: 'Export recordings', exportBody: '{n} recordings ({size}) are copied whole into a folder, with their lists, hashes and log proofs.', exportRun: 'Export', moveTitle: 'Move the library', moveBody: 'All recordings ({size}) are copied to the new place and checked, then recording goes on there. Recording runs on meanwhile and pauses shortly for the change; no segment is lost. A person removes the old copy afterwards.', moveRun: 'Move', now: 'Now in', target: 'Folder', targetHint: 'Full path; made if it is not there', enough: '{need} needed, {free} free there', checking: 'Looking at the folder',
  },
);

/** Sentences of the settings popover. */
export const settingsText = defineText(
  {
    retentionDays: '保存期', days: '日', standard: '标准要求回放至少保存 90 日', confirmShorter: '确认短于标准的 90 日', trashDays: '删除宽限期', automatic: '到期自动清理', minFree: '磁盘最低保留', overridden: '环境变量 ZHIBOJIAN_MIN_FREE_MB 已指定 {size}，此项不起作用', quota: '录像总量上限', noLimit: '不限', roomQuota: '直播间上限', addRoom: '添加直播间', rehash: '后台校验', rehashDays: '校验周期', rehashRate: '读取速度', slowDisk: '判为过慢', saved: '录像库设置已保存', ms: '毫秒',
  },
  {
    retentionDays: 'Keep for', days: 'days', standard: 'The standard asks for at least 90 days', confirmShorter: 'Shorter than the 90 days of the standard is meant', trashDays: 'Grace before deletion', automatic: 'Retention by itself', minFree: 'Keep free on disk', overridden: 'ZHIBOJIAN_MIN_FREE_MB sets {size}; this has no effect', quota: 'Limit for all', noLimit: 'none', roomQuota: 'Limit by room', addRoom: 'Add a room', rehash: 'Background check', rehashDays: 'Check every', rehashRate: 'Reading speed', slowDisk: 'Slow beyond', saved: 'Library settings saved', ms: 'ms',
  },
);
