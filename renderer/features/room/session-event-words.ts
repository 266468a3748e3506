import type { SessionEvent } from '../../../electron/contract/index.ts';
import { formatBytes, formatClock, formatDuration, formatOffset } from '../../ui/format-time.ts';
import { defineText, translator } from '../../ui/i18n.ts';
import type { Language } from '../../ui/i18n.ts';

type Value = SessionEvent['detail'][string];
type FactKey = keyof (typeof factText)['zh'];

/** What the facts of an event are called. */
const factText = defineText(
  {
    from: '原为', to: '改为', why: '原因', change: '变化', width: '宽', height: '高', videoCodec: '视频编码', audioCodec: '音频编码', bandwidth: '码率', connection: '第几次重连', gate: '写入', track: '轨道', mediaMs: '媒体时间',
    times: '次数', fromMs: '原时间', toMs: '现时间', overlapMs: '重复时长', by: '判定依据', stepMs: '跳变', offsetMs: '偏差', method: '加密方式', keyUri: '密钥地址', isKnown: '密钥', ivHex: '初始向量', uri: '地址', what: '情况', bytes: '字节数', tags: '标签数',
    page: '网页', address: '拉流地址', command: '执行命令', tookMs: '用时', expiresAt: '有效至', sourceKind: '信号类型', program: '程序版本', node: '运行环境', system: '操作系统', freeBytes: '磁盘可用', clockOffsetMs: '时钟偏差', clockUncertaintyMs: '不确定度', clockSource: '校时来源',
    startFrom: '起始时间依据', sha256: '校验值', durationMs: '时长', file: '文件', offset: '位置', source: '来源', uncertaintyMs: '不确定度', other: '其他',
  },
  {
    from: 'from', to: 'to', why: 'reason', change: 'change', width: 'width', height: 'height', videoCodec: 'video codec', audioCodec: 'audio codec', bandwidth: 'bit rate', connection: 'reconnection no.', gate: 'writing', track: 'track', mediaMs: 'media time',
    times: 'times', fromMs: 'from', toMs: 'to', overlapMs: 'repeated', by: 'known by', stepMs: 'step', offsetMs: 'offset', method: 'encryption', keyUri: 'key address', isKnown: 'key', ivHex: 'IV', uri: 'address', what: 'what', bytes: 'bytes', tags: 'tags',
    page: 'page', address: 'stream address', command: 'command', tookMs: 'took', expiresAt: 'valid until', sourceKind: 'kind of source', program: 'program', node: 'runtime', system: 'system', freeBytes: 'disk free', clockOffsetMs: 'clock offset', clockUncertaintyMs: 'uncertainty', clockSource: 'clock source',
    startFrom: 'start known by', sha256: 'hash', durationMs: 'length', file: 'file', offset: 'position', source: 'source', uncertaintyMs: 'uncertainty', other: 'other',
  },
);

/** Words for the values that are words of the program. */
const valueText = defineText(
  {
    'why.ended': '直播结束', 'why.idle': '长时间无信号', 'why.decoder-configuration': '解码参数改变', 'why.stopped': '由人停止', 'gate.closed': '暂停', 'gate.open': '恢复', 'by.content': '内容相同', 'by.arrival': '到达时间',
    'track.header': '文件头', 'track.video': '视频', 'track.audio': '音频', 'track.script': '元数据', 'isKnown.true': '已取得', 'isKnown.false': '未取得',
    'what.incomplete-tail': '连接断开时留有未收全的数据', 'what.wrong-tag-sizes': '部分标签的长度字段有误', 'what.init-encrypted': '初始化段已加密', 'what.init-unavailable': '初始化段未能取得', 'what.captions-unavailable': '随流字幕未能取得', 'what.rtmp-as-flv': 'RTMP 消息逐条写入 FLV，内容为服务器所发', 'what.audio-separate': '声音在单独的流中，仅录到画面', 'what.audio-beside': '声音在单独的流中，与画面分别录制', 'what.audio-unavailable': '单独的声音流未能取得，画面照常录制',
    'sourceKind.auto': '自动识别', 'sourceKind.hls': 'HLS', 'sourceKind.flv': 'HTTP-FLV', 'sourceKind.rtmp': 'RTMP', 'sourceKind.page': '直播间网页', 'startFrom.user': '人工填写', 'startFrom.file-name': '文件名', 'startFrom.creation-time': '文件内的创建时间', 'startFrom.modified-time': '文件修改时间', 'startFrom.playlist': '播放列表',
  },
  {
    'why.ended': 'broadcast over', 'why.idle': 'no signal for long', 'why.decoder-configuration': 'decoder parameters changed', 'why.stopped': 'stopped by a person', 'gate.closed': 'paused', 'gate.open': 'resumed', 'by.content': 'same content', 'by.arrival': 'time of arrival',
    'track.header': 'file header', 'track.video': 'video', 'track.audio': 'audio', 'track.script': 'metadata', 'isKnown.true': 'known', 'isKnown.false': 'not known',
    'what.incomplete-tail': 'data not received whole when the connection ended', 'what.wrong-tag-sizes': 'some tags carry wrong lengths', 'what.init-encrypted': 'the init section is encrypted', 'what.init-unavailable': 'the init section could not be had', 'what.captions-unavailable': 'the captions could not be had', 'what.rtmp-as-flv': 'RTMP messages written as FLV tags; their bodies are what the server sent', 'what.audio-separate': 'sound is in a stream of its own; only the picture is recorded', 'what.audio-beside': 'sound is in a stream of its own and recorded beside the picture', 'what.audio-unavailable': 'the separate sound could not be had; the picture is recorded',
    'sourceKind.auto': 'find out', 'sourceKind.hls': 'HLS', 'sourceKind.flv': 'HTTP-FLV', 'sourceKind.rtmp': 'RTMP', 'sourceKind.page': 'page of a room', 'startFrom.user': 'entered by a person', 'startFrom.file-name': 'file name', 'startFrom.creation-time': 'creation time in the file', 'startFrom.modified-time': 'file’s modification', 'startFrom.playlist': 'playlist',
  },
);

const hidden: ReadonlySet<string> = new Set(['height', 'fromMs', 'uncertaintyMs', 'clockUncertaintyMs', 'ivHex']);

/** Gives the facts of an event as short phrases in a language, in their order; keys the program does not know are called "other". */
export function describeEventFacts(event: Pick<SessionEvent, 'detail'>, language: Language): string[] {
  const { detail } = event;
  const fact = translator(factText, language);
  return Object.entries(detail).flatMap(([key, value]) => {
    if (value === null || value === '' || (hidden.has(key) && hasPartner(detail, key))) return [];
    const isKnown = Object.hasOwn(factText.zh, key);
    return [`${key === 'width' && typeof detail['height'] === 'number' ? (language === 'zh' ? '画面' : 'picture') : fact(isKnown ? (key as FactKey) : 'other')}${language === 'zh' ? '：' : ': '}${formatValue(key, value, detail, language)}`];
  });
}

/** A fact that is said together with another one: height with width, start with end, uncertainty with offset. */
function hasPartner(detail: SessionEvent['detail'], key: string): boolean {
  const partner = { height: 'width', fromMs: 'toMs', uncertaintyMs: 'offsetMs', clockUncertaintyMs: 'clockOffsetMs', ivHex: 'method' }[key];
  return partner !== undefined && detail[partner] !== undefined && detail[partner] !== null;
}

function formatValue(key: string, value: Exclude<Value, null>, detail: SessionEvent['detail'], language: Language): string {
  const word = `${key}.${String(value)}`;
  if (Object.hasOwn(valueText.zh, word)) return translator(valueText, language)(word as keyof (typeof valueText)['zh']);
  if (typeof value === 'boolean') return language === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (typeof value === 'string') return key === 'expiresAt' && !Number.isNaN(Date.parse(value)) ? formatClock(Date.parse(value)) : key === 'sha256' ? value.slice(0, 16) : value;
  if (key === 'width' && typeof detail['height'] === 'number') return `${value}×${detail['height']}`;
  if (key === 'bandwidth') return `${(value / 1e6).toFixed(2)} Mbit/s`;
  if (key === 'freeBytes' || key === 'bytes') return formatBytes(value);
  if (key === 'stepMs') return formatOffset(value);
  if (key === 'offsetMs' || key === 'clockOffsetMs') {
    const uncertainty = detail[key === 'offsetMs' ? 'uncertaintyMs' : 'clockUncertaintyMs'];
    return `${formatOffset(value)}${typeof uncertainty === 'number' ? ` ±${(uncertainty / 1000).toFixed(2)}s` : ''}`;
  }
  if (key === 'toMs' && typeof detail['fromMs'] === 'number') return `${formatMedia(detail['fromMs'])} → ${formatMedia(value)}`;
  if (key === 'tookMs' || key === 'overlapMs') return `${(value / 1000).toFixed(1)} s`;
  if (key.endsWith('Ms')) return formatMedia(value);
  return String(Math.round(value * 100) / 100);
}

function formatMedia(ms: number): string {
  return `${ms < 0 ? '−' : ''}${formatDuration(Math.abs(ms))}.${Math.floor(Math.abs(ms) / 100) % 10}`;
}
