import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { FlagId, RoomId, SessionId } from '../../contract/ids.ts';
import { Lane, type Flag, type Observation } from '../../contract/flags.ts';
import { openLibraryStore } from '../entry/library-store.ts';
import { bundledModelsDir, rulePackFile } from '../entry/program-files.ts';
import { analyseFootage, type Footage } from '../entry/footage-analysis.ts';
import { toStoredMedia } from '../library/stored-media.ts';
import { toLayout, toSessionDir } from '../library/library-layout.ts';
import { parseChat } from '../perception/chat-parser.ts';
import { parseSubtitles } from '../perception/subtitle-parser.ts';
import { fuseHits } from '../screening/flag-fusion.ts';
import { keepHeardWell } from '../screening/heard-well.ts';
import { createScreener, loadRulePack } from '../screening/screener.ts';
import { parseArguments, printJson, UsageError, type CommandIo } from './arguments.ts';

/** Help of `analyze`. */
export const analyzeHelp = `analyze INPUT [--room NAME] [--lanes speech,ocr,image,chat,text] [--json]
INPUT: a media file, a recording library, or a subtitle/danmaku file (.srt .vtt .xml .jsonl). One JSON object per line, in time order.`;

type Line = Record<string, unknown> & { type: string; start: number; end: number };
type Perceived = Omit<Observation, 'id' | 'roomId' | 'sessionId' | 'lane'> & { lane: Observation['lane'] | 'text' };

const lanesKnown = ['speech', 'ocr', 'image', 'chat', 'text'] as const;
const textExtensions = new Set(['.srt', '.vtt', '.xml', '.jsonl']);
const maxTextBytes = 256 << 20;

/** Runs the lanes and the screening over footage or text that lies on disk. */
export async function runAnalyze(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals: [input] } = parseArguments(argv, { room: { type: 'string' }, lanes: { type: 'string' }, json: { type: 'boolean' } });
  if (input === undefined) throw new UsageError('analyze needs an INPUT');
  if (!existsSync(input)) throw new UsageError(`no such file or folder: ${input}`);
  const lanes = new Set((values.lanes ?? lanesKnown.join(',')).split(',').map((lane) => lane.trim()));
  for (const lane of lanes) if (!(lanesKnown as readonly string[]).includes(lane)) throw new UsageError(`unknown lane "${lane}"; lanes are ${lanesKnown.join(', ')}`);
  const isText = textExtensions.has(extname(input).toLowerCase()) && statSync(input).isFile();
  const perceived = isText ? await readText(input, lanes) : await perceive(input, lanes, values.room, io);
  perceived.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const lines: Line[] = [
    ...perceived.map((item): Line => ({ type: item.lane, ...toSeconds(item), text: item.text, confidence: item.confidence, engine: item.engine, ...(item.speaker === undefined ? {} : { user: item.speaker }) })),
    ...screenAll(perceived).map((flag): Line => ({
      type: 'flag', ...toSeconds(flag), category: flag.category, subtype: flag.subtype, severity: flag.severity, score: flag.score, quote: flag.quote,
      sources: [...new Set(flag.sources.map((source) => source.lane))], basis: flag.basis.map(({ law, article }) => ({ law, article })), explanation: flag.explanation,
    })),
  ].sort((a, b) => a.start - b.start);
  for (const line of lines) printJson(io, line);
  return 0;
}

function toSeconds(item: { startMs: number; endMs: number }): { start: number; end: number } {
  return { start: Math.round(item.startMs) / 1000, end: Math.round(item.endMs) / 1000 };
}

async function readText(file: string, lanes: ReadonlySet<string>): Promise<Perceived[]> {
  const bytes = statSync(file).size;
  if (bytes > maxTextBytes) throw new UsageError(`${file} has ${bytes} bytes, more than ${maxTextBytes}`);
  const body = await readFile(file, 'utf8');
  const extension = extname(file).toLowerCase();
  if (extension === '.srt' || extension === '.vtt') {
    if (!lanes.has('text')) return [];
    return parseSubtitles(body).map((cue) => ({ lane: 'text', startMs: cue.startMs, endMs: cue.endMs, text: cue.text, confidence: 1, engine: 'subtitle' }));
  }
  if (!lanes.has('chat')) return [];
  const messages = parseChat(body, extension === '.xml' ? 'xml' : 'jsonl');
  const zeroMs = Math.min(...messages.slice(0, 1).map((message) => (message.clock === 'wall' ? message.startMs : 0)));
  return messages.map(({ startMs, clock, user, text }) => {
    const atMs = clock === 'wall' ? startMs - zeroMs : startMs;
    return { lane: 'chat', startMs: atMs, endMs: atMs, text, confidence: 1, engine: 'chat', ...(user === undefined ? {} : { speaker: user }) };
  });
}

async function perceive(input: string, lanes: ReadonlySet<string>, room: string | undefined, io: CommandIo): Promise<Perceived[]> {
  const { footage, chat } = statSync(input).isDirectory() ? openFootage(input, room) : { footage: [toFileFootage(input)], chat: [] };
  const outDir = mkdtempSync(join(tmpdir(), 'zhibojian-analyze-'));
  try {
    const result = await analyseFootage(footage, { outDir, modelsDir: bundledModelsDir, userModelsDir: null, lanes, onProgress: (done, total) => {
      if (process.stderr.isTTY) io.error.write(`\r${done}/${total} `);
    } });
    for (const fault of result.notices) printJson(io, { type: 'notice', lane: fault.scope, reason: `${fault.code}: ${fault.message}` });
    return [...result.observations, ...(lanes.has('chat') ? chat : [])];
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function toFileFootage(file: string): Footage {
  return { streamKey: 'file', container: 'file', file, initFile: null, encryption: null, startMs: 0, durationMs: 0 };
}

function openFootage(dir: string, room: string | undefined): { footage: Footage[]; chat: Perceived[] } {
  const layout = toLayout(dir);
  if (!existsSync(layout.database)) throw new UsageError(`${layout.root} is not a recording library`);
  const { store } = openLibraryStore(layout);
  try {
    const sessions = store.recordings.listSessions(null, 1_000_000).reverse()
      .filter((session) => room === undefined || session.roomId === room || store.rooms.get(session.roomId)?.name === room);
    if (sessions.length === 0) throw new UsageError(room === undefined ? `${layout.root} holds no sessions` : `${layout.root} holds no room "${room}"`);
    const zeroMs = Math.min(...sessions.map((session) => session.startMs));
    const footage = sessions.flatMap((session) => store.recordings.listSegments(session.id).filter((segment) => segment.kind === 'media' || segment.kind === 'audio').map((segment): Footage => {
      const folder = toSessionDir(layout, session.roomId, session.id);
      return {
        streamKey: `${session.id}/${segment.kind === 'audio' ? 'audio/' : ''}${segment.continuity}`, ...toStoredMedia(folder, segment), startMs: segment.startMs - zeroMs, durationMs: segment.durationMs,
      };
    }));
    const chat = [...new Set(sessions.map((session) => session.roomId))].flatMap((roomId) => store.observations.list(roomId, zeroMs, Number.MAX_SAFE_INTEGER, 1_000_000))
      .filter((item) => item.lane === 'chat').map((item): Perceived => ({ ...item, startMs: item.startMs - zeroMs, endMs: item.endMs - zeroMs }));
    return { footage, chat };
  } finally {
    store.close();
  }
}

function screenAll(perceived: readonly Perceived[]): Flag[] {
  const pack = loadRulePack(rulePackFile);
  const screener = createScreener(pack);
  const flags = new Map<string, Flag>();
  const where = { roomId: RoomId.parse('analyze'), sessionId: SessionId.parse('analyze') };
  perceived.forEach((item, index) => {
    const hits = keepHeardWell(screener.screen(item.text, item.lane === 'image' ? 'ocr' : item.lane === 'caption' ? 'speech' : item.lane), item);
    if (hits.length === 0) return;
    const observation: Observation = { ...item, ...where, id: index, lane: Lane.safeParse(item.lane).data ?? 'speech' };
    const changed = fuseHits({
      observation, hits, recent: [...flags.values()], rulePackHash: pack.hash, nowMs: item.startMs, newFlagId: () => FlagId.parse(`f-${flags.size}-${index}`), subtypeName: (id) => screener.subtypeName(id),
    });
    for (const flag of changed) flags.set(flag.id, flag);
  });
  return [...flags.values()];
}
