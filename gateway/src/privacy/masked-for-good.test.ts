import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectors } from '../detectors/index.ts';
import { maskedForGood } from './masked-for-good.ts';
import { restoredText, textForms } from './restoring.ts';

test('values are replaced by their kind, and counted', () => {
  expect(maskedForGood('ada@example.org, bob@example.org, 4111 1111 1111 1111', detectors)).toEqual({
    text: '<EMAIL>, <EMAIL>, <CARD>',
    counts: { email: 2, card: 1 },
  });
});

test('placeholders that a request was masked with before lose their number, and count', () => {
  expect(maskedForGood('<EMAIL_1>, carl@example.org, <EMAIL_2> <BIRTH_DATE_1>', detectors)).toEqual({
    text: '<EMAIL>, <EMAIL>, <EMAIL> <BIRTH_DATE>',
    counts: { email: 3, 'birth-date': 1 },
  });
});

test('what only looks like one stays', () => {
  const text = '<TITLE_1> <EMAIL> EMAIL_1 <a_1>';
  expect(maskedForGood(text, detectors)).toEqual({ text, counts: {} });
});

test('kinds that nobody looks for stay', () => {
  const phones = detectors.filter(({ kind }) => kind === 'phone');
  expect(maskedForGood('ada@example.org 555-123-4567', phones).text).toBe('ada@example.org <PHONE>');
});

test('nothing can be put back into what was masked', () => {
  const values = new Map([
    ['<EMAIL_1>', 'ada@example.org'],
    ['<PHONE_1>', '555-123-4567'],
  ]);
  const piece = fc.oneof(fc.constantFrom(...values.keys(), ...values.values(), '<', '_1>', 'EMAIL'), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const { text } = maskedForGood(pieces.join(' '), detectors);
      expect(restoredText(text, textForms(values), 'text')).toBe(text);
    }),
  );
});
