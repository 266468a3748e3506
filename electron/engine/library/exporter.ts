import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../../contract/rooms.ts';
import { formatIso } from '../../contract/time.ts';
import type { StoredRoom } from '../store/room-store.ts';
import type { StoredSegment } from '../store/recording-store.ts';
import type { Pace } from './file-verifier.ts';
import { exportManifestName } from './import-plan.ts';
import type { ExportManifest } from './importer.ts';
import { sessionFiles } from './session-files.ts';
import { copyVerified } from './verified-copy.ts';

/** A session to copy out, with its log leaves' exact texts. */
export type ExportInput = { dir: string; room: StoredRoom; session: Session; segments: readonly StoredSegment[]; leaves: readonly string[]; logHead: string };

const readme = `直播录像整场导出 / Whole recording

本文件夹是一场直播的全部原始文件，逐字节与收到时相同。
  segments.jsonl     每个文件的校验值、时间、大小
  gaps.jsonl         未能录到的时段与原因
  events.jsonl       录制过程中的事件
  log-leaves.jsonl   完整性日志中属于本场的条目原文
  sha256sums         校验：sha256sum -c sha256sums
再导入：zhibojian import 本文件夹 --data 数据目录

This folder holds every file of one broadcast, byte for byte as received. Check it with: sha256sum -c sha256sums
`;

/** The name of a session's folder in an export. */
export function toExportName(session: Session): string {
  return `zhibojian-${session.roomId}-${session.id}`;
}

/** Copies a session into a folder below `target`, every file read back and checked; goes on where an earlier run stopped. Returns the folder. */
export async function exportSession(input: ExportInput, target: string, pace: Pace, onBytes: (bytes: number) => void): Promise<string> {
  const out = join(target, toExportName(input.session));
  await mkdir(out, { recursive: true });
  const sums: string[] = [];
  for (const segment of input.segments) {
    const { sha256 } = await copyVerified({ from: join(input.dir, segment.file), to: join(out, segment.file), sha256: segment.sha256 }, pace, onBytes);
    sums.push(`${sha256}  ${segment.file}`);
  }
  for (const name of Object.values(sessionFiles)) {
    if (!existsSync(join(input.dir, name))) continue;
    const { sha256 } = await copyVerified({ from: join(input.dir, name), to: join(out, name), sha256: null }, pace, () => undefined);
    sums.push(`${sha256}  ${name}`);
  }
  const { enabled: _enabled, ...room } = input.room;
  const manifest: ExportManifest = {
    format: 'zhibojian-recording-1', room, files: input.segments.length, logHead: input.logHead, exportedAt: formatIso(Date.now()),
    session: { id: input.session.id, startAt: formatIso(input.session.startMs), endAt: input.session.endMs === null ? null : formatIso(input.session.endMs) },
  };
  await writeWhole(join(out, 'log-leaves.jsonl'), input.leaves.map((leaf) => `${leaf}\n`).join(''));
  await writeWhole(join(out, 'README.txt'), readme);
  await writeWhole(join(out, 'sha256sums'), `${sums.join('\n')}\n`);
  await writeWhole(join(out, exportManifestName), `${JSON.stringify(manifest, null, 2)}\n`); // last: a folder that has it is complete
  return out;
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.part`, 'w');
  await file.writeFile(text);
  await file.datasync();
  await file.close();
  await rename(`${path}.part`, path);
}
