import { type Arbitrary, assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { type Compressor, isFaithful } from './contract.ts';

/** What every compressor that can restore has to hold. `texts` are of its kind, `example` one that it surely shortens. */
export function compressorSuite(compressor: Compressor, texts: Arbitrary<string>, example: string): void {
  test('shortens its kind of text and gives it back', () => {
    const compressed = compressor.compress(example);
    expect(compressed?.length).toBeLessThan(example.length * 0.8);
    expect(isFaithful(compressor, example, compressed ?? '')).toBe(true);
  });

  test('gives back whatever it has compressed', () => {
    assert(
      property(texts, (text) => {
        const compressed = compressor.compress(text);
        if (compressed === undefined) return;
        expect(compressor.restore?.(compressed)).toBe(compressor.essence ? compressor.essence(text) : text);
      }),
      { numRuns: 1_500 },
    );
  });

  test('gives the same for the same', () => {
    expect(compressor.compress(example)).toBe(compressor.compress(`${example.slice(0, 10)}${example.slice(10)}`));
  });

  test('leaves any other text alone or gives it back', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 80 }), (text) => {
        const compressed = compressor.compress(text);
        if (compressed !== undefined) expect(isFaithful(compressor, text, compressed)).toBe(true);
      }),
    );
  });

  test('does not take for its own what it did not write', () => {
    const compressed = compressor.compress(example) ?? '';
    expect(isFaithful(compressor, example, compressed.slice(0, -5))).toBe(false);
    expect(isFaithful(compressor, example, 'Once upon a time')).toBe(false);
  });
}
