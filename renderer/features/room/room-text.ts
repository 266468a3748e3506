import { defineText } from '../../ui/i18n.ts';

/** Sentences of the room screen. */
export const roomText = defineText(
  {
    session: '场次', sessionLive: '进行中', noSession: '该直播间尚无录像', noSessionHint: '开始录制后，画面、语音、字幕与弹幕会在此逐段出现。', startRecording: '开始录制',
    roomGone: '登记簿中没有该直播间', roomGoneHint: '可能已被移除。录像仍保留在磁盘上。', backToWall: '返回巡查',
    play: '播放', pause: '暂停', live: '直播', goLive: '回到直播', speed: '倍速', volume: '音量', mute: '静音', unmute: '取消静音', prevFrame: '上一帧', nextFrame: '下一帧', notYet: '等待画面',
    transcript: '实录', heardBy: '{engine}，把握 {percent}%；色浅的字把握较小，以录像为准', search: '在实录中查找', noLines: '此时段尚无语音、字幕或弹幕', noMatch: '没有符合的内容', followAgain: '跟随播放', noSpeechModel: '未安装语音识别模型，仅标出有人声的时段。安装方法见「设置」中的模型一栏。', noSpeechShort: '未安装语音识别模型',
    lane_speech: '语音', lane_ocr: '字幕', lane_chat: '弹幕', timeline: '时间轴', lanePicture: '画面', laneSound: '声音', laneFlags: '线索', laneGaps: '缺口', laneEvents: '记事', gapHere: '此处缺 {length}', gapSkip: '跳过，播放下一段', gapLast: '其后暂无录像',
    noFlag: '未选线索', noFlagHint: '按 N 到下一条线索，或在时间轴上点选。', noFlagsAtAll: '本场次尚无疑似线索', basis: '依据', why: '说明', sources: '来源', history: '经过', note: '备注', notePlaceholder: '核查意见，可留空',
    detected: '系统标出', rulePack: '规则包 {hash}', confirmedBy: '{who} 确认', dismissedBy: '{who} 排除：{reason}', exportedTo: '已导出：{names}', someone: '检查员', reopen: '重新打开', gist: '要点', score: '置信度 {n}',
    confirmed: '已确认该线索', dismissed: '已排除该线索', undone: '已撤销', nothingToUndo: '没有可撤销的操作', needRange: '先按 I、O 标出范围，或选中一条线索', needFlag: '先选中一条线索',
    markIn: '入点', markOut: '出点', clearRange: '清除范围', range: '范围 {length}', gap: '缺口 {length}', clusters: '{n} 条线索', flagRead: '{time}，{severity}，{category}，{state}：{quote}',
    keys: '直播间与时间轴', keySeek: '前后 5 秒（按住 Shift 平移时间轴）', keyZoom: '放大、缩小', keyFit: '整场', keyMark: '标出入点、出点', keyFlag: '下一条、上一条线索', keyPlay: '播放、暂停', keyFrame: '前后一帧', keySpeed: '减速、加速', keyEvidence: '导出证据', keyConfirm: '确认线索', keyDismiss: '排除线索', keyUndo: '撤销', keyClear: '取消选择与范围', keySearch: '查找实录',
    zoomIn: '放大', zoomOut: '缩小', fit: '整场', loadFailed: '时间轴未能读全',
  },
  {
    session: 'Session', sessionLive: 'running', noSession: 'Nothing recorded of this room yet', noSessionHint: 'Once recording runs, picture, speech, on-screen text and chat appear here piece by piece.', startRecording: 'Start recording',
    roomGone: 'This room is not in the register', roomGoneHint: 'It may have been removed. Its recordings are still on disk.', backToWall: 'Back to the wall',
    play: 'Play', pause: 'Pause', live: 'LIVE', goLive: 'Go to live', speed: 'Speed', volume: 'Volume', mute: 'Mute', unmute: 'Unmute', prevFrame: 'Previous frame', nextFrame: 'Next frame', notYet: 'Waiting for the picture',
    transcript: 'Transcript', heardBy: '{engine}, {percent} % sure; fainter words are less sure: the footage decides', search: 'Search the transcript', noLines: 'No speech, on-screen text or chat here yet', noMatch: 'Nothing matches', followAgain: 'Follow playback', noSpeechModel: 'No speech model is installed; only stretches with voices are marked. How to install one: see Models under Settings.', noSpeechShort: 'No speech model installed',
    lane_speech: 'Speech', lane_ocr: 'Text', lane_chat: 'Chat', timeline: 'Timeline', lanePicture: 'Picture', laneSound: 'Sound', laneFlags: 'Leads', laneGaps: 'Gaps', laneEvents: 'Record', gapHere: '{length} missing here', gapSkip: 'Skip to the next footage', gapLast: 'Nothing is recorded after it yet',
    noFlag: 'No lead selected', noFlagHint: 'Press N for the next lead, or click one on the timeline.', noFlagsAtAll: 'No leads in this session yet', basis: 'Basis', why: 'Why', sources: 'Sources', history: 'History', note: 'Note', notePlaceholder: 'Your finding; may stay empty',
    detected: 'Marked by the system', rulePack: 'rule pack {hash}', confirmedBy: 'Confirmed by {who}', dismissedBy: 'Dismissed by {who}: {reason}', exportedTo: 'Exported: {names}', someone: 'inspector', reopen: 'Reopen', gist: 'Gist', score: 'score {n}',
    confirmed: 'Lead confirmed', dismissed: 'Lead dismissed', undone: 'Undone', nothingToUndo: 'Nothing to undo', needRange: 'Mark a range with I and O, or select a lead', needFlag: 'Select a lead first',
    markIn: 'In', markOut: 'Out', clearRange: 'Clear range', range: 'Range {length}', gap: 'Gap of {length}', clusters: '{n} leads', flagRead: '{time}, {severity}, {category}, {state}: {quote}',
    keys: 'Room and timeline', keySeek: '5 seconds back, on (Shift pans the timeline)', keyZoom: 'Zoom in, out', keyFit: 'Whole session', keyMark: 'Mark in, out', keyFlag: 'Next, previous lead', keyPlay: 'Play, pause', keyFrame: 'One frame back, on', keySpeed: 'Slower, faster', keyEvidence: 'Export evidence', keyConfirm: 'Confirm the lead', keyDismiss: 'Dismiss the lead', keyUndo: 'Undo', keyClear: 'Clear selection and range', keySearch: 'Search the transcript',
    zoomIn: 'Zoom in', zoomOut: 'Zoom out', fit: 'Whole session', loadFailed: 'The timeline could not be read in full',
  },
);
