import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Detector } from '../detectors/contract.ts';
import { detectors } from '../detectors/index.ts';
import { failureOf } from '../../test/support.ts';
import { TextMasking } from './text-masking.ts';

test('a value keeps its placeholder in every later text, and comes back', () => {
  const { mask, restore } = new TextMasking(detectors);
  expect(mask('Write to ada@example.com.')).toBe('Write to <EMAIL_1>.');
  expect(mask('bob@example.com knows ada@example.com')).toBe('<EMAIL_2> knows <EMAIL_1>');
  expect(restore('Both <EMAIL_2> and &lt;EMAIL_1&gt;, not <EMAIL_3>.')).toBe(
    'Both bob@example.com and ada@example.com, not <EMAIL_3>.',
  );
});

test('what only its context gave away is hidden without it, too', () => {
  const { mask } = new TextMasking(detectors);
  expect(mask('Passport number: X12345678')).toBe('Passport number: <PASSPORT_1>');
  expect(mask('Found X12345678 in a list')).toBe('Found <PASSPORT_1> in a list');
});

test('a placeholder that a text brings along is never given to a value', () => {
  const { mask, restore } = new TextMasking(detectors);
  expect(mask('<EMAIL_1> is not ada@example.com')).toBe('<EMAIL_1> is not <EMAIL_2>');
  expect(restore('<EMAIL_1>')).toBe('<EMAIL_1>');
});

test('whatever is masked comes back as it was', () => {
  const piece = fc.oneof(fc.constantFrom('ada@example.com', '192.168.7.9', ' ', '\n', '<', '"'), fc.string());
  fc.assert(
    fc.property(fc.array(fc.array(piece), { maxLength: 4 }), (texts) => {
      const { mask, restore } = new TextMasking(detectors);
      for (const text of texts.map((pieces) => pieces.join(' '))) {
        const masked = mask(text);
        expect(masked).not.toContain(' ada@example.com ');
        expect(restore(masked)).toBe(text);
      }
    }),
  );
});

test('where a detector breaks nothing is given on', async () => {
  const broken: Detector = {
    ...(detectors[0] as Detector),
    needs: 0,
    find: () => {
      throw new Error('ada@example.com');
    },
  };
  const error = await failureOf(() => new TextMasking([broken]).mask('ada@example.com'));
  expect([error.code, error.message.includes('ada')]).toEqual(['privacy.failed', false]);
});
