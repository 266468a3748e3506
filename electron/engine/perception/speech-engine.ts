/** What may have been said at one place, milliseconds from the utterance's start: syllables without tone, the most probable first. */
export type HeardSyllable = { atMs: number; best: { syllable: string; probability: number }[] };
/** One character or word as it was heard, milliseconds from the utterance's start; confidence 0…1. */
export type HeardWord = { text: string; startMs: number; endMs: number; confidence: number };
/** One utterance as text without rewriting; words and syllables are empty where the recogniser gives none. */
export type HeardSpeech = { text: string; confidence: number; words: HeardWord[]; syllables: HeardSyllable[] };

/** Turns one utterance into text; whatever recogniser stands behind it. */
export type SpeechEngine = {
  /** Name and version as observations carry it. */
  id: string;
  /** Samples are mono floats in −1…1. */
  transcribe: (samples: Float32Array, sampleRate: number) => Promise<HeardSpeech>;
};
