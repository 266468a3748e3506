import { formatIso } from '../../contract/time.ts';
import type { Observation } from '../../contract/flags.ts';
import { FORMAT_VERSION } from './package-format.ts';
import type { FrameWish, PackageInput } from './package-input.ts';

/** Where the clip begins and how long it is. */
export type ClipFacts = { firstFrameMs: number; durationMs: number };

const LANE_MARK = { speech: '[语音]', ocr: '[画面文字]', image: '[画面]', chat: '[弹幕]', caption: '[随流字幕]' } as const;
const MIN_CUE_MS = 1000;

/** Path of a segment inside the package. */
export function toPackagePath(record: { sessionId: string; file: string }): string {
  return `data/segments/${record.sessionId}/${record.file}`;
}

/** Stills to take: the first and last instant, and the start of every flag. */
export function planFrames(input: PackageInput): FrameWish[] {
  const media = input.segments.map((segment) => segment.record).filter((record) => record.kind === 'media');
  const startMs = Math.max(input.fromMs, Math.min(...media.map((record) => record.startMs)));
  const endMs = Math.min(input.toMs, Math.max(...media.map((record) => record.startMs + record.durationMs)));
  const within = (atMs: number): number => Math.min(Math.max(atMs, startMs), Math.max(startMs, endMs - 1));
  return [
    { name: 'first.jpg', atMs: startMs },
    ...input.flags.map(({ flag }) => ({ name: `flag-${flag.id}.jpg`, atMs: within(flag.startMs) })),
    { name: 'last.jpg', atMs: within(endMs - 1) },
  ];
}

/** The JSON and subtitle files of data/, by name, in the order in which they are packed. */
export function renderContent(input: PackageInput, clip: ClipFacts, frames: readonly { name: string; atMs: number; fault: unknown }[]): Map<string, string> {
  const iso = (ms: number): string => formatIso(ms);
  const offset = (ms: number): number => Math.round(ms - clip.firstFrameMs) / 1000;
  const observations = [...input.observations].sort((a, b) => a.startMs - b.startMs || a.id - b.id);
  const files = new Map<string, unknown>();
  files.set('data/segments.json', {
    format: FORMAT_VERSION,
    room: input.room, sessions: input.sessions, requested: { from: iso(input.fromMs), to: iso(input.toMs) },
    clip: { file: 'data/clip.mp4', firstFrameAt: iso(clip.firstFrameMs), durationSeconds: clip.durationMs / 1000, inSeconds: offset(input.fromMs), outSeconds: offset(input.toMs), reencoded: false },
    segments: input.segments.map(({ record, leafIndex }) => ({
      file: toPackagePath(record), roomId: record.roomId, sessionId: record.sessionId, seq: record.seq, kind: record.kind, container: record.container,
      libraryFile: record.file, initFile: record.initFile, startMs: record.startMs, startAt: iso(record.startMs), durationSeconds: record.durationMs / 1000,
      sha256: record.sha256, bytes: record.bytes, mediaSequence: record.mediaSequence, discontinuity: record.discontinuity, uri: record.uri,
      arrivedAt: iso(record.arrivedAtMs), monotonicMs: record.monotonicMs, clockOffsetMs: record.clockOffsetMs, logIndex: leafIndex,
    })),
    gaps: input.gaps.map((gap) => ({ from: iso(gap.fromMs), to: iso(gap.toMs), sessionId: gap.sessionId, reason: gap.reason })),
  });
  files.set('data/frames/index.json', frames.map((frame) => ({ file: frame.fault === null ? `data/frames/${frame.name}` : null, name: frame.name, at: iso(frame.atMs), clipSeconds: offset(frame.atMs), fault: frame.fault })));
  files.set('data/transcript.json', {
    observations: observations.map(({ startMs, endMs, ...rest }) => ({ ...rest, startAt: iso(startMs), endAt: iso(endMs), clipStart: offset(startMs), clipEnd: offset(endMs) })),
    chat: input.chat,
  });
  files.set('data/flags.json', {
    rulePack: input.rulePack === null ? null : { hash: input.rulePack.hash, version: input.rulePack.version, file: 'data/rule-pack.json' },
    flags: input.flags.map(({ flag, history }) => ({
      ...flag, startAt: iso(flag.startMs), endAt: iso(flag.endMs), clipStart: offset(flag.startMs), clipEnd: offset(flag.endMs),
      history: history.map((act) => ({ ...act, at: iso(act.atMs) })),
    })),
  });
  files.set('data/capture.json', { ...input.capture, operator: input.createdBy, workstationId: input.workstationId, software: input.software });
  files.set('data/custody.json', [
    ...[...input.custody].sort((a, b) => a.atMs - b.atMs).map((act) => ({ at: iso(act.atMs), user: act.user, act: act.act, detail: act.detail })),
    { at: iso(input.createdAtMs), user: input.createdBy, act: 'package-built', detail: { packageId: input.packageId } },
  ]);
  const rendered = new Map([...files].map(([name, value]) => [name, `${JSON.stringify(value, null, 2)}\n`]));
  rendered.set('data/transcript.srt', renderSubtitles(observations, clip));
  return rendered;
}

/** Subtitles on the clip's own time axis; what ended before the clip begins is left out. */
export function renderSubtitles(observations: readonly Observation[], clip: ClipFacts): string {
  return observations
    .map((seen) => ({ seen, fromMs: Math.max(0, seen.startMs - clip.firstFrameMs), toMs: Math.max(seen.endMs, seen.startMs + MIN_CUE_MS) - clip.firstFrameMs }))
    .filter(({ fromMs, toMs }) => toMs > 0 && fromMs < clip.durationMs)
    .map(({ seen, fromMs, toMs }, i) => {
      const who = seen.speaker === undefined ? '' : `${seen.speaker}: `;
      return `${i + 1}\n${cueTime(fromMs)} --> ${cueTime(toMs)}\n${LANE_MARK[seen.lane]} ${who}${seen.text.replace(/\s+/g, ' ').trim()}\n`;
    })
    .join('\n');
}

/** bag-info.txt; values are kept to one line. */
export function renderBagInfo(input: PackageInput, payload: { bytes: number; files: number }): string {
  const line = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return [
    ['External-Identifier', input.packageId],
    ['External-Description', `${input.room.name} (${input.room.id}) ${formatIso(input.fromMs)} – ${formatIso(input.toMs)}`],
    ['Internal-Sender-Identifier', input.workstationId],
    ['Contact-Name', input.createdBy],
    ['Bag-Software-Agent', `${input.software.name} ${input.software.version}`],
    ['Bagging-Date', formatIso(input.createdAtMs).slice(0, 10)],
    ['Payload-Oxum', `${payload.bytes}.${payload.files}`],
  ].map(([key, value]) => `${key}: ${line(value!)}\n`).join('');
}

function cueTime(ms: number): string {
  const whole = Math.round(ms);
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${pad(Math.floor(whole / 3_600_000))}:${pad(Math.floor(whole / 60_000) % 60)}:${pad(Math.floor(whole / 1000) % 60)},${pad(whole % 1000, 3)}`;
}
