import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectors } from '../detectors/index.ts';
import { jsonView, plainView } from './plain-view.ts';
import { scan } from './scan.ts';

function found(text: string): readonly string[] {
  return scan(text, detectors).map(({ word, start, end }) => `${word} ${text.slice(start, end)}`);
}

test('findings come in order, by name', () => {
  expect(found('Ada, ada@example.org, 555-123-4567, 4111 1111 1111 1111.')).toEqual([
    'EMAIL ada@example.org',
    'PHONE 555-123-4567',
    'CARD 4111 1111 1111 1111',
  ]);
});

test('what overlaps is one finding, named by the longest', () => {
  expect(found('postgres://ada:pw-1234@db.example.org/app')).toEqual(['CREDENTIALS ada:pw-1234@db.example.org']);
  expect(found('SSN 123-45-6789')).toEqual(['SSN 123-45-6789']);
});

describe('tricks don’t hide a value', () => {
  test.each([
    ['an invisible character', 'x ada\u200b@exam\u00adple.org y', 'EMAIL ada\u200b@exam\u00adple.org'],
    ['full-width letters', 'x ａda＠example．org y', 'EMAIL ａda＠example．org'],
    ['full-width digits', 'ssn １２３-45-6789', 'SSN １２３-45-6789'],
    ['an escape of JSON', '{"to":"ada\\u0040example.org"}', 'EMAIL ada\\u0040example.org'],
    ['a percent escape', 'https://x.example/?to=ada%40example.org', 'EMAIL ada%40example.org'],
    ['a character reference', 'ada&#64;example.org', 'EMAIL ada&#64;example.org'],
    ['spaces that don’t break', '4111\u00a01111\u00a01111\u00a01111', 'CARD 4111\u00a01111\u00a01111\u00a01111'],
    ['dashes of other kinds', '555\u2011123\u20114567', 'PHONE 555\u2011123\u20114567'],
  ])('%s', (_, text, expected) => expect(found(text)).toEqual([expected]));

  test('an escape in front of a value is no part of it', () => {
    expect(found('{"note":"first line\\nada@example.org\\tbob@example.org"}')).toEqual([
      'EMAIL ada@example.org',
      'EMAIL bob@example.org',
    ]);
  });
});

describe('a view', () => {
  const odd = fc.constantFrom('\\n', '\\u0041', '\u200b', '％', '&#64;', '%40', 'a', ' ', '\\', '"');
  const text = fc.array(odd, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test.each([
    ['plain', plainView],
    ['JSON', jsonView],
  ] as const)('of %s text finds its way back', (_, viewOf) => {
    fc.assert(
      fc.property(text, (original) => {
        const view = viewOf(original);
        expect(view.original(0, true)).toBe(0);
        expect(view.original(view.text.length)).toBe(original.length);
        for (let at = 0; at < view.text.length; at += 1) {
          const [start, end] = [view.original(at), view.original(at + 1, true)];
          expect(start).toBeLessThan(end);
          expect(viewOf(original.slice(start, end)).text).toBe(view.text.charAt(at));
        }
      }),
    );
  });

  test('of JSON text is what a parser reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(jsonView(JSON.stringify(value)).text).toBe(`"${value}"`);
      }),
    );
  });
});
