import type { Compressor } from '../contract.ts';
import {
  abbreviation,
  basic,
  gzip,
  logarithmic,
  symbol,
  unabbreviated,
  unpacked,
  unsymbolised,
  vowel,
} from './strategies.ts';

const LOW = [basic, abbreviation];
const MEDIUM = [...LOW, vowel];

/** The steps of each of the original's strategies and levels. */
const STEPS: Readonly<Record<string, readonly ((text: string) => string)[]>> = {
  'legacy-basic': [basic],
  'legacy-abbreviation': [abbreviation],
  'legacy-vowel': [vowel],
  'legacy-symbol': [symbol],
  'legacy-logarithmic': [logarithmic],
  'legacy-low': LOW,
  'legacy-medium': MEDIUM,
  'legacy-high': [...MEDIUM, symbol, logarithmic],
};

/**
 * SynthLang's first ways to shorten a prompt, as they were. They save characters; most of them cost tokens, and they
 * lose wording. They are for whoever asks for them by name, with the real change of tokens beside, and never on the way to a model.
 */
export const legacyCompressors: readonly Compressor[] = [
  ...Object.entries(STEPS).map(
    ([id, steps]): Compressor => ({
      id,
      loss: 'wording',
      compress: (text) => steps.reduce((so, step) => step(so), text),
    }),
  ),
  { id: 'legacy-gzip', loss: 'none', compress: gzip, restore: unpacked },
];

/** As near to the text as the original came back: packed texts exactly, all others changed for good. */
export function legacyDecompress(text: string): string {
  const whole = unabbreviated(unpacked(text));
  return /[↹⊕Σ•]|=>/.test(whole) ? unsymbolised(whole) : whole;
}
