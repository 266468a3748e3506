import type { SourceKind, TestStep } from '../../../electron/contract/index.ts';
import { defineText } from '../../ui/i18n.ts';
import type { Dictionary } from '../../ui/i18n.ts';

/** Sentences of the rooms screen. */
export const registryText = defineText(
  {
    title: '房间', name: '名称', state: '状态', since: '起始', platform: '平台', host: '主播', recording: '录制', bitrate: '码率', leads: '待核线索', acts: '操作', url: '直播流地址', chatUrl: '弹幕地址', note: '备注',
    urlHint: 'HLS（.m3u8）、HTTP-FLV（.flv）地址，或直播间网页地址', chatHint: '选填：逐行返回 JSON 的 HTTP 地址', sourceKind: '信号类型', network: '网络', allowPrivate: '允许内网地址', privateHint: '默认拒绝访问内部网络，以防地址被引向本单位系统', test: '测试', testing: '测试中', testAgain: '重新测试', testOk: '该地址可以录制', testBad: '该地址暂不能录制', gbPerDay: '约 {n} GB / 日', codecs: '编码与画面', perDay: '每日用量', passed: '通过', notMeasured: '未测得', serverClock: '对方时钟 {offset} ±{uncertainty}s · {source}', ownClock: '本机时钟 {offset} ±{uncertainty}s · {source}', ownClockNone: '本机时钟尚无比对', diskFree: '可用 {free}', diskDays: '可用 {free}，仅录此间约 {n} 天',
    addTitle: '添加直播间', editTitle: '编辑直播间', addAnyway: '添加并开始录制', startNow: '立即开始录制', nameNeeded: '请填写名称', urlNeeded: '请填写地址', removed: '已移除“{name}”，录像仍保留在磁盘', emptyTitle: '尚无直播间', emptyHint: '填写直播流地址，测试通过后即可录制。', open: '查看', startDemo: '启动演示直播间', filter: '筛选', urlChanged: '地址变更后将重新连接',
  },
  {
    title: 'Rooms', name: 'Name', state: 'State', since: 'Since', platform: 'Platform', host: 'Host', recording: 'Recording', bitrate: 'Bit rate', leads: 'Open leads', acts: 'Acts', url: 'Stream address', chatUrl: 'Chat address', note: 'Note',
    urlHint: 'An HLS (.m3u8) or HTTP-FLV (.flv) address, or the page of a room', chatHint: 'Optional: an HTTP address that returns JSON lines', sourceKind: 'Kind of source', network: 'Network', allowPrivate: 'Allow private addresses', privateHint: 'Private networks are refused unless allowed, so that no address leads into your own systems', test: 'Test', testing: 'Testing', testAgain: 'Test again', testOk: 'This address can be recorded', testBad: 'This address cannot be recorded now', gbPerDay: 'about {n} GB a day', codecs: 'Codecs and picture', perDay: 'A day takes', passed: 'passed', notMeasured: 'not measured', serverClock: 'server clock {offset} ±{uncertainty}s · {source}', ownClock: 'this machine {offset} ±{uncertainty}s · {source}', ownClockNone: 'this machine’s clock is not compared yet', diskFree: '{free} free', diskDays: '{free} free: about {n} days of this room alone',
    addTitle: 'Add a room', editTitle: 'Edit the room', addAnyway: 'Add and record', startNow: 'Start recording at once', nameNeeded: 'Enter a name', urlNeeded: 'Enter an address', removed: '“{name}” was removed; its recordings stay on disk', emptyTitle: 'No rooms yet', emptyHint: 'Enter a stream address, test it, and record.', open: 'View', startDemo: 'Start demo rooms', filter: 'Filter', urlChanged: 'A changed address is connected anew',
  },
);

/** Kinds of source. */
export const sourceKindText: Dictionary<SourceKind> = defineText(
  { auto: '自动识别', hls: 'HLS', flv: 'HTTP-FLV', rtmp: 'RTMP', page: '直播间网页' },
  { auto: 'Find out', hls: 'HLS', flv: 'HTTP-FLV', rtmp: 'RTMP', page: 'Page of a room' },
);

/** Steps of a room test. */
export const testStepText: Dictionary<TestStep['name']> = defineText(
  { resolve: '解析主机', connect: '建立连接', playlist: '读取播放列表', segment: '下载片段', decode: '解码画面', clock: '核对时钟', disk: '检查磁盘' },
  { resolve: 'Find the host', connect: 'Connect', playlist: 'Read the playlist', segment: 'Fetch a segment', decode: 'Decode the picture', clock: 'Compare clocks', disk: 'Check the disk' },
);
