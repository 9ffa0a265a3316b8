import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenChange } from '../contract.ts';
import { legacyCompressors, legacyDecompress } from './legacy.ts';

function by(id: string, text: string): string | undefined {
  return legacyCompressors.find((compressor) => compressor.id === `legacy-${id}`)?.compress(text);
}

describe('what the original made of a text', () => {
  test.each([
    ['basic', '  one\n\n two\tthree ', 'one two three'],
    ['abbreviation', 'The database AND a message, with information', 't db & a msg, w/ info'],
    ['abbreviation', 'themselves and thebes', 'themselves & thebes'],
    [
      'vowel',
      'jane@example.com should have user_id and password_reset=true',
      'jan@exmpl.com should have usr_d and passwrd_rst=tru',
    ],
    ['vowel', '#tool_summarize https://api.openai.com/v1/models', '#tol_smmrz https://api.opn.com/v1/modls'],
    ['symbol', 'transform input data to output', '⊕ ↹ ↹ => Σ'],
    ['symbol', 'Transform Input', 'Transform Input'],
    ['logarithmic', 'analyze data if not empty', '⊕data ? ! empty'],
    ['logarithmic', 'one two three four five six seven', 'one two three four five six\nseven'],
    ['medium', 'The  application\nreturns documents', 't app retrns docmnts'],
    ['high', 'Convert the input into output', 'Convrt t inpt int otpt'],
  ])('%s: %s', (id, text, expected) => expect(by(id, text)).toBe(expected));
});

describe('what came back', () => {
  test('never the wording', () => {
    expect(legacyDecompress(by('medium', 'Deploy the app; run the test') ?? '')).toBe(
      'Deply the application; run the testing',
    );
    expect(legacyDecompress(by('symbol', 'feed the result') ?? '')).toBe('input the output');
  });

  test('packed texts do, to the letter, though no model can read them', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const packed = by('gzip', text) ?? '';
        expect(packed).toMatch(/^gz:/);
        expect(legacyCompressors.find(({ id }) => id === 'legacy-gzip')?.restore?.(packed)).toBe(text);
      }),
    );
  });
});

test('the real change is said, also where it is for the worse', () => {
  const count = (text: string) => text.length;
  expect(tokenChange('abcdefgh', 'abc', count)).toEqual({
    originalTokens: 8,
    compressedTokens: 3,
    reductionPercent: 62.5,
  });
  expect(tokenChange('abcd', 'abcdefgh', count).reductionPercent).toBe(-100);
  expect(tokenChange('', '', count).reductionPercent).toBe(0);
});

test('no text takes longer than its length says', () => {
  const startedAtMs = performance.now();
  for (const { compress } of legacyCompressors)
    for (const piece of [' ', 'a', '\n ', '. ', 'the ']) compress(piece.repeat(50_000));
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});
