import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonForms, restoredText, Restoring, textForms } from './restoring.ts';

const VALUES = new Map([
  ['<EMAIL_1>', 'ada@example.org'],
  ['<EMAIL_10>', 'bob@example.org'],
  ['<BIRTH_DATE_1>', '1990-03-03'],
  ['<SECRET_1>', 'two\nlines "quoted" \\'],
]);

function restoredInPieces(text: string, sizes: readonly number[], form: 'text' | 'json'): string {
  const restoring = new Restoring(form === 'json' ? jsonForms(VALUES) : textForms(VALUES), form);
  let said = '';
  let at = 0;
  for (const size of [...sizes, text.length]) {
    said += restoring.push(text.slice(at, at + size));
    at += size;
  }
  return said + restoring.end();
}

test.each([
  ['Dear <EMAIL_1>, hello', 'Dear ada@example.org, hello'],
  ['<EMAIL_1><EMAIL_10>', 'ada@example.orgbob@example.org'],
  ['<<EMAIL_1>>', '<ada@example.org>'],
  ['<a href="mailto:<EMAIL_1>">', '<a href="mailto:ada@example.org">'],
  ['&lt;BIRTH_DATE_1&gt; and <BIRTH\\_DATE\\_1>', '1990-03-03 and 1990-03-03'],
  ['<EMAIL_2> <EMAIL_100> <EMAIL_1 > <email_1> EMAIL_1', '<EMAIL_2> <EMAIL_100> <EMAIL_1 > <email_1> EMAIL_1'],
  ['a < b <EMAIL', 'a < b <EMAIL'],
])('%s becomes %s', (text, expected) => {
  expect(restoredText(text, textForms(VALUES), 'text')).toBe(expected);
});

describe('inside JSON', () => {
  const forms = jsonForms(VALUES);
  const argument = (json: string): unknown => (JSON.parse(restoredText(json, forms, 'json')) as { a: unknown }).a;

  test.each([
    ['{"a":"<EMAIL_1>"}', 'ada@example.org'],
    ['{"a":"x <SECRET_1> y"}', 'x two\nlines "quoted" \\ y'],
    ['{"a":"\\u003cSECRET_1\\u003e"}', 'two\nlines "quoted" \\'],
    ['{"a":"\\u003CEMAIL_1\\u003E\\n"}', 'ada@example.org\n'],
    ['{"a":"\\\\<EMAIL_1>"}', '\\ada@example.org'],
  ])('%s stays JSON', (json, expected) => expect(argument(json)).toBe(expected));

  test('a document quoted in another stays one, when its writer escapes', () => {
    const inner = '{"b":"\\u003cSECRET_1\\u003e"}';
    expect(JSON.parse(argument(JSON.stringify({ a: inner })) as string)).toEqual({ b: 'two\nlines "quoted" \\' });
  });
});

test('however a text is cut, the same is said', () => {
  const piece = fc.constantFrom(
    ...VALUES.keys(),
    '<',
    '>',
    '\\',
    '&lt;',
    '\\u003cEMAIL_1\\u003e',
    '<EMAIL',
    '_1>',
    'a',
    ' "',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(4)), fc.constantFrom('text' as const, 'json' as const), (whole, sizes, form) => {
      const forms = form === 'json' ? jsonForms(VALUES) : textForms(VALUES);
      expect(restoredInPieces(whole, sizes, form)).toBe(restoredText(whole, forms, form));
    }),
    { numRuns: 500 },
  );
});

test('nothing is held back that can’t become a placeholder of this request', () => {
  const restoring = new Restoring(textForms(VALUES), 'text');
  expect(restoring.push('if a < b then <div> & more <EMAIL_2')).toBe('if a < b then <div> & more <EMAIL_2');
  expect(restoring.push('x <EMAI')).toBe('x ');
  expect(restoring.push('LS> y')).toBe('<EMAILS> y');
  expect(restoring.push('z &l')).toBe('z ');
  expect(restoring.end()).toBe('&l');
});
