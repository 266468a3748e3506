import type { ChildStatus, LaneStatus, ModelStatus } from '../../../electron/contract/index.ts';
import { defineText } from '../../ui/i18n.ts';
import type { Dictionary } from '../../ui/i18n.ts';

/** Sentences of the settings screen. */
export const settingsText = defineText(
  {
    title: '设置', person: '本机使用', userName: '核定人姓名', userHint: '写入核定记录与证据包的取证人', theme: '明暗', 'theme.auto': '随页面', 'theme.dark': '深色', 'theme.light': '浅色', language: '语言', saved: '已保存',
    models: '模型', model: '名称', task: '用途', size: '大小', installed: '已安装', missing: '未安装', licence: '许可', source: '来源', hash: '校验值', system: '运行状况', disk: '磁盘', diskFree: '可用 {free}，共 {total}', clock: '时钟', clockNone: '尚无比对', clockState: '状态', clockOffset: '偏差', clockSince: '起始', clockFine: '正常，在允许范围内', clockWrong: '有误，超出允许范围；录像照常进行，偏差记录在案', uncertainty: '不确定度 ±{s} s', uncertaintyNone: '不确定度未知', timeServers: '授时服务器', timeServersHint: '启动前在环境变量中指定，以逗号分隔；留空则只用直播源的 HTTP 日期。不指定时采用国内公共授时服务器。', diskLimits: '磁盘限额与保存期', diskLimitsGo: '在录像库中设置', started: '启动时间', shell: '窗口', engineVersion: '引擎版本',
    'gate.open': '正常', 'gate.full': '已满，录制暂停', 'gate.read-only': '只读，录制暂停', 'gate.gone': '不可用，录制暂停', 'gate.slow': '过慢',
    children: '后台进程', process: '进程', state: '状态', pid: '进程号', restarts: '重启', lastReason: '最近原因', lanes: '分析进度', lane: '环节', waiting: '待处理', failed: '失败', lag: '滞后', log: '完整性日志', leaves: '{n} 条', head: '日志头', rules: '规则库', terms: '{version}，{n} 个词条', versions: '组件版本', notYet: '正在读取运行状况', none: '无',
  },
  {
    title: 'Settings', person: 'This workstation', userName: 'Inspector’s name', userHint: 'Written into reviews and evidence packages', theme: 'Theme', 'theme.auto': 'By screen', 'theme.dark': 'Dark', 'theme.light': 'Light', language: 'Language', saved: 'Saved',
    models: 'Models', model: 'Name', task: 'Task', size: 'Size', installed: 'Installed', missing: 'Not installed', licence: 'Licence', source: 'Source', hash: 'Hash', system: 'Health', disk: 'Disk', diskFree: '{free} free of {total}', clock: 'Clock', clockNone: 'not compared yet', clockState: 'State', clockOffset: 'Offset', clockSince: 'Since', clockFine: 'in order, within what is allowed', clockWrong: 'wrong, beyond what is allowed; recording goes on and the offset is kept with it', uncertainty: 'known to ±{s} s', uncertaintyNone: 'uncertainty not known', timeServers: 'Time servers', timeServersHint: 'Named before the start in an environment variable, with commas between; empty leaves only the HTTP dates of the sources. Public servers are used where it is not set.', diskLimits: 'Disk limits and retention', diskLimitsGo: 'set in the library', started: 'Started', shell: 'Window', engineVersion: 'Engine',
    'gate.open': 'in order', 'gate.full': 'full, recording paused', 'gate.read-only': 'read-only, recording paused', 'gate.gone': 'missing, recording paused', 'gate.slow': 'too slow',
    children: 'Background processes', process: 'Process', state: 'State', pid: 'PID', restarts: 'Restarts', lastReason: 'Last reason', lanes: 'Analysis', lane: 'Stage', waiting: 'Waiting', failed: 'Failed', lag: 'Behind', log: 'Integrity log', leaves: '{n} entries', head: 'Head', rules: 'Rule pack', terms: '{version}, {n} terms', versions: 'Components', notYet: 'Reading the state', none: 'None',
  },
);

/** Children of the engine. */
export const childText: Dictionary<ChildStatus['name']> = defineText({ recorder: '录制', decode: '解码', ocr: '字幕识别', speech: '语音识别', demo: '演示信号源' }, { recorder: 'Recorder', decode: 'Decoding', ocr: 'Text reading', speech: 'Speech', demo: 'Demo origin' });

/** States of a child. */
export const childStateText: Dictionary<ChildStatus['state']> = defineText({ starting: '启动中', running: '运行中', 'backing-off': '等待重启', stopped: '已停止' }, { starting: 'Starting', running: 'Running', 'backing-off': 'Waiting to restart', stopped: 'Stopped' });

/** Stages of analysis. */
export const stageText: Dictionary<LaneStatus['lane']> = defineText({ decode: '解码', ocr: '字幕识别', speech: '语音识别', screen: '违规筛查' }, { decode: 'Decoding', ocr: 'Text reading', speech: 'Speech', screen: 'Screening' });

/** What models are for. */
export const taskText: Dictionary<ModelStatus['task']> = defineText({ vad: '语音检测', ocr: '字幕识别', speech: '语音识别', screen: '违规筛查', image: '画面识别' }, { vad: 'Voice detection', ocr: 'Text reading', speech: 'Speech', screen: 'Screening', image: 'Picture' });
