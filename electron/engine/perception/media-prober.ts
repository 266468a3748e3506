import { avGetCodecName } from 'node-av/lib';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { AudioDecoder } from './audio-decoder.ts';
import { MediaInput } from './media-input.ts';
import { PictureDecoder } from './picture-decoder.ts';

const MAX_PACKETS = 600;

/** Looks at a file: which codecs, which size, and whether a picture or a sound really decodes. Throws segment-undecodable when it is no media at all. */
export function probeMedia(request: Extract<PerceptionRequest, { type: 'probe' }>): PerceptionReply {
  const input = MediaInput.open({ container: request.initFile === null ? 'file' : 'fmp4', file: request.file, initFile: request.initFile, encryption: null });
  const picture = input.video === null ? null : PictureDecoder.open(input.video);
  const sound = input.audio === null ? null : AudioDecoder.open(input.audio);
  try {
    let pictures = 0;
    let samples = 0;
    let packets = 0;
    for (const { packet, kind } of input.packets()) {
      if (kind === 'video') picture?.decode(packet, () => { pictures += 1; });
      else sound?.decode(packet, (heard) => { samples += heard.length; });
      packets += 1;
      if (packets >= MAX_PACKETS || ((picture === null || pictures > 0) && (sound === null || samples > 0))) break;
    }
    picture?.decode(null, () => { pictures += 1; });
    return {
      type: 'probed', id: request.id,
      videoCodec: input.video === null ? null : avGetCodecName(input.video.codecpar.codecId),
      audioCodec: input.audio === null ? null : avGetCodecName(input.audio.codecpar.codecId),
      width: input.video?.codecpar.width || null, height: input.video?.codecpar.height || null,
      durationMs: input.durationMs, decodes: pictures > 0 || samples > 0,
    };
  } finally {
    picture?.close();
    sound?.close();
    input.close();
  }
}
