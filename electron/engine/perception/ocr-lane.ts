import { join } from 'node:path';
import { findOcrAssets } from './ocr-assets.ts';
import { OcrDetector } from './ocr-detector.ts';
import { OcrReader } from './ocr-reader.ts';
import { OcrRecognizer } from './ocr-recognizer.ts';
import type { PerceptionLane } from './perception-lane.ts';
import { readJpeg } from './pixel-image.ts';

const MAX_STREAMS = 64;
const MAX_SIDE = 960;
const THREADS = 2;

/** Name of the OCR engine as observations carry it. */
export const OCR_ENGINE = 'pp-ocrv4';

/** Opens the lane that reads text in stills. */
export async function openOcrLane(): Promise<PerceptionLane> {
  const assets = findOcrAssets();
  const detector = await OcrDetector.load(join(assets, 'ch_PP-OCRv4_det_infer.onnx'), THREADS);
  const recognizer = await OcrRecognizer.load(join(assets, 'ch_PP-OCRv4_rec_infer.onnx'), join(assets, 'ppocr_keys_v1.txt'), THREADS);
  const readers = new Map<string, OcrReader>();
  return {
    fault: null,
    versions: { ocr: OCR_ENGINE },
    async answer(request) {
      if (request.type !== 'ocr') return null;
      const reader = readers.get(request.streamKey) ?? new OcrReader(detector, recognizer);
      readers.delete(request.streamKey);
      readers.set(request.streamKey, reader);
      const oldest = readers.keys().next().value;
      if (readers.size > MAX_STREAMS && oldest !== undefined) readers.delete(oldest);
      return { type: 'read', id: request.id, engine: OCR_ENGINE, texts: await reader.read(readJpeg(request.file, MAX_SIDE)) };
    },
  };
}
