import { useMemo } from 'react';
import { useSettings } from '../state/settings-store.ts';

/** The window's languages. */
export type Language = 'zh' | 'en';

/** Sentences by key in both languages; `{name}` stands for a value. */
export type Dictionary<K extends string = string> = { zh: Record<K, string>; en: Record<K, string> };

/** Looks a sentence up and fills in its values. */
export type Translate<K extends string> = (key: K, values?: Record<string, string | number>) => string;

/** Declares a feature's sentences; a key missing in one language is a compile error. */
export function defineText<K extends string>(zh: Record<K, string>, en: Record<NoInfer<K>, string>): Dictionary<K> {
  return { zh, en };
}

/** Fills `{name}` in a sentence. */
export function fillText(sentence: string, values: Record<string, string | number> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** Looks up sentences in a given language, for code outside components. */
export function translator<K extends string>(dictionary: Dictionary<K>, language: Language): Translate<K> {
  return (key, values) => fillText(dictionary[language][key], values);
}

/** Looks up sentences in the person's language. */
export function useText<K extends string>(dictionary: Dictionary<K>): Translate<K> {
  const language = useSettings((s) => s.language);
  return useMemo(() => translator(dictionary, language), [dictionary, language]);
}

/** The person's language. */
export function useLanguage(): Language {
  return useSettings((s) => s.language);
}

/** Joins several dictionaries into one; later ones win. */
export function mergeText<A extends string, B extends string>(a: Dictionary<A>, b: Dictionary<B>): Dictionary<A | B> {
  return { zh: { ...a.zh, ...b.zh }, en: { ...a.en, ...b.en } };
}
