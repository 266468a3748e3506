import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AV_NOPTS_VALUE } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext } from 'node-av/lib';
import { FaultError, makeFault } from '../../contract/faults.ts';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { MediaInput } from './media-input.ts';

type SplitRequest = Extract<PerceptionRequest, { type: 'split' }>;

/**
 * Packs a whole media file into fMP4 pieces for viewing, cut at key frames and without re-encoding; the file itself is only read.
 * A file whose codecs do not fit fMP4 fails with `codec-unsupported`.
 */
export function splitFile(request: SplitRequest): PerceptionReply {
  rmSync(request.outDir, { recursive: true, force: true });
  mkdirSync(request.outDir, { recursive: true });
  const input = MediaInput.open({ container: 'file', file: request.file, initFile: null, encryption: null });
  const output = new FormatContext();
  const playlist = join(request.outDir, 'index.m3u8');
  const options = Dictionary.fromObject({
    hls_time: String(request.pieceMs / 1000), hls_list_size: '0', hls_playlist_type: 'vod', hls_segment_type: 'fmp4', hls_fmp4_init_filename: 'init.mp4',
    hls_segment_filename: join(request.outDir, 'piece-%05d.m4s'), hls_flags: 'independent_segments',
  });
  try {
    check(output.allocOutputContext2(null, 'hls', playlist), request.file);
    const places = [input.video, input.audio].flatMap((from) => {
      if (from === null) return [];
      const stream = output.newStream(null);
      check(from.codecpar.copy(stream.codecpar), request.file);
      stream.codecpar.codecTag = 0;
      stream.timeBase = from.timeBase;
      return [{ kind: from === input.video ? 'video' : 'audio', from, stream, lastDts: null as bigint | null }];
    });
    check(output.writeHeaderSync(options), request.file);
    for (const { packet, kind } of input.packets()) {
      const place = places.find((item) => item.kind === kind);
      if (place === undefined) continue;
      if (packet.dts === AV_NOPTS_VALUE) packet.dts = packet.pts;
      if (packet.pts === AV_NOPTS_VALUE) packet.pts = packet.dts;
      packet.rescaleTs(place.from.timeBase, place.stream.timeBase);
      // A recording with time going backwards stays as it is; its view must run forwards.
      if (place.lastDts !== null && packet.dts <= place.lastDts) packet.dts = place.lastDts + 1n;
      if (packet.pts < packet.dts) packet.pts = packet.dts;
      place.lastDts = packet.dts;
      packet.streamIndex = place.stream.index;
      packet.pos = -1n;
      check(output.interleavedWriteFrameSync(packet), request.file);
    }
    check(output.writeTrailerSync(), request.file);
  } finally {
    options.free();
    input.close();
    output.freeContext();
  }
  const pieces: { file: string; durationMs: number }[] = [];
  let durationMs = 0;
  for (const line of readFileSync(playlist, 'utf8').split('\n')) {
    if (line.startsWith('#EXTINF:')) durationMs = Number.parseFloat(line.slice(8)) * 1000;
    else if (line !== '' && !line.startsWith('#')) pieces.push({ file: line, durationMs });
  }
  rmSync(playlist);
  return { type: 'split', id: request.id, initFile: 'init.mp4', pieces };
}

function check(code: number, file: string): void {
  if (code < 0) throw new FaultError(makeFault('codec-unsupported', file, 'the file cannot be packed for viewing', { cause: FFmpegError.strerror(code) }));
}
