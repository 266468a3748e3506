/** Turns one utterance into text; whatever recogniser stands behind it. */
export type SpeechEngine = {
  /** Name and version as observations carry it. */
  id: string;
  /** Text as heard (no rewriting) and a confidence in 0…1; samples are mono floats in −1…1. */
  transcribe: (samples: Float32Array, sampleRate: number) => Promise<{ text: string; confidence: number }>;
};
