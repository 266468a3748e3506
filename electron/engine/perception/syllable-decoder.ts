/** What may have been said at one place: syllables without tone, each with its probability; the most probable first. */
export type SyllableSlot = readonly { readonly syllable: string; readonly probability: number }[];

/** Counts of characters, pairs and threes, and how each character is read; made by `models/training/speech/language.mjs`. */
export type LanguageModel = {
  /** Syllable → characters read so, with the share of that reading among the character's own. */
  readonly characters: ReadonlyMap<string, readonly { readonly character: string; readonly logShare: number }[]>;
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
};

/** A character and the slot that it was read from. */
export type DecodedCharacter = { character: string; slot: number; probability: number };

type Path = { readonly item: DecodedCharacter; readonly before: Path | null };
type Hypothesis = { readonly score: number; readonly before: string; readonly last: string; readonly path: Path | null };

const beamWidth = 24;
/** How much the language weighs against the sound, what a syllable that is taken for noise costs, and what a rival must reach of the best to be tried (natural logarithms; found on held-out clips, see models/training). */
export const decoderWeights = { language: 0.6, skip: 9, rival: -5 };
const start = '^';

/** Parses a language model's text: `total N`, `r 字 syllable count` written as one word, `1|2|3 characters count`. Throws on anything else. */
export function parseLanguageModel(text: string): LanguageModel {
  const counts = new Map<string, number>();
  const readings: { character: string; syllable: string; count: number }[] = [];
  const byCharacter = new Map<string, number>();
  let total = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [kind, key, countText] = line.split(' ');
    if (kind === 'total' && key !== undefined) total = toCount(key, line);
    else if (kind === 'r' && key !== undefined) {
      const character = String.fromCodePoint(key.codePointAt(0) ?? 0);
      const count = toCount(countText, line);
      readings.push({ character, syllable: key.slice(character.length), count });
      byCharacter.set(character, (byCharacter.get(character) ?? 0) + count);
    } else if (key !== undefined && (kind === '1' || kind === '2' || kind === '3')) counts.set(key, toCount(countText, line));
    else throw new Error(`not a line of a language model: ${line.slice(0, 60)}`);
  }
  if (total === 0 || readings.length === 0) throw new Error('a language model without a total or without readings');
  const characters = new Map<string, { character: string; logShare: number }[]>();
  for (const { character, syllable, count } of readings) {
    const list = characters.get(syllable) ?? [];
    list.push({ character, logShare: Math.log(count / (byCharacter.get(character) ?? count)) });
    characters.set(syllable, list);
  }
  return { characters, counts, total };
}

function toCount(text: string | undefined, line: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count <= 0) throw new Error(`not a count: ${line.slice(0, 60)}`);
  return count;
}

/** How probable a character is behind two others: threes, pairs and single counts mixed, each trusted the more the oftener its beginning was seen. */
function logProbability({ counts, total }: LanguageModel, before: string, last: string, character: string): number {
  const single = ((counts.get(character) ?? 0) + 0.1) / (total * 1.1);
  const lastCount = counts.get(last) ?? 0;
  const pair = mix(counts.get(last + character) ?? 0, lastCount, single, 20);
  const three = before === '' ? pair : mix(counts.get(before + last + character) ?? 0, counts.get(before + last) ?? 0, pair, 8);
  return Math.log(three);
}

function mix(count: number, ofCount: number, below: number, trust: number): number {
  return (count + trust * below) / (ofCount + trust);
}

/** Writes syllables as the characters that were most probably meant: a beam search over their readings. Pure. */
export function decodeSyllables(model: LanguageModel, slots: readonly SyllableSlot[], weights = decoderWeights): DecodedCharacter[] {
  let beam: Hypothesis[] = [{ score: 0, before: '', last: start, path: null }];
  for (const [slot, rivals] of slots.entries()) {
    const best = new Map<string, Hypothesis>();
    const offer = (score: number, before: string, last: string, toPath: () => Path | null): void => {
      const key = before + last;
      const known = best.get(key);
      if (known === undefined || known.score < score) best.set(key, { score, before, last, path: toPath() });
    };
    const topHeard = Math.log(Math.max(1e-6, rivals[0]?.probability ?? 0));
    for (const hypothesis of beam) {
      offer(hypothesis.score - weights.skip, hypothesis.before, hypothesis.last, () => hypothesis.path);
      for (const { syllable, probability } of rivals) {
        const heard = Math.log(Math.max(1e-6, probability));
        if (heard < topHeard + weights.rival) continue;
        for (const { character, logShare } of model.characters.get(syllable) ?? []) {
          const score = hypothesis.score + heard + logShare + weights.language * logProbability(model, hypothesis.before, hypothesis.last, character);
          offer(score, hypothesis.last, character, () => ({ item: { character, slot, probability }, before: hypothesis.path }));
        }
      }
    }
    beam = [...best.values()].sort((a, b) => b.score - a.score).slice(0, beamWidth);
  }
  const characters: DecodedCharacter[] = [];
  for (let path = beam[0]?.path ?? null; path !== null; path = path.before) characters.push(path.item);
  return characters.reverse();
}
