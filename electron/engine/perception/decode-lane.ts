import { join } from 'node:path';
import type { PerceptionReply, PerceptionRequest } from '../../contract/perception.ts';
import { cutClip } from './clip-cutter.ts';
import { splitFile } from './file-splitter.ts';
import { takeFrames } from './frame-taker.ts';
import { MediaDecoder } from './media-decoder.ts';
import { probeMedia } from './media-prober.ts';
import type { PerceptionLane } from './perception-lane.ts';
import { makeView } from './view-maker.ts';
import { VoiceModel } from './voice-detector.ts';

const MAX_STREAMS = 128;

/** Opens the lane that touches untrusted media: decoding, clips, frames, probes. */
export async function openDecodeLane(modelsDir: string): Promise<PerceptionLane> {
  const voice = await VoiceModel.load(join(modelsDir, 'silero-vad', 'silero_vad_v5.onnx'));
  const decoders = new Map<string, MediaDecoder>();
  const drop = (streamKey: string): void => {
    decoders.get(streamKey)?.close();
    decoders.delete(streamKey);
  };
  const decode = async (request: Extract<PerceptionRequest, { type: 'decode' }>): Promise<PerceptionReply> => {
    if (request.discontinuity) drop(request.streamKey);
    const decoder = decoders.get(request.streamKey) ?? new MediaDecoder(voice);
    // Re-inserted so that the map's order is by last use.
    decoders.delete(request.streamKey);
    decoders.set(request.streamKey, decoder);
    const oldest = decoders.keys().next().value;
    if (decoders.size > MAX_STREAMS && oldest !== undefined) drop(oldest);
    try {
      return await decoder.decode(request);
    } catch (thrown) {
      drop(request.streamKey);
      throw thrown;
    } finally {
      if (request.flush) drop(request.streamKey);
    }
  };
  return {
    fault: null,
    versions: { vad: 'silero-vad-v5' },
    async answer(request) {
      if (request.type === 'split') return splitFile(request);
      if (request.type === 'decode') return decode(request);
      if (request.type === 'clip') return cutClip(request);
      if (request.type === 'frames') return takeFrames(request);
      if (request.type === 'view') return makeView(request);
      if (request.type === 'probe') return probeMedia(request);
      return null;
    },
  };
}
