import { NO_JSON, PERHAPS_JSON } from './json-cases.ts';

/** A text or bytes, what it is, and what a parser must make of it: take it, refuse it, or either. */
export interface JsonDocument {
  readonly name: string;
  readonly text: string | Buffer;
  readonly verdict: 'good' | 'bad' | 'either';
}

type Rows = readonly (readonly [string, string | Buffer])[];

/** Where a value may stand. */
const PLACES: Rows = [
  ['alone', '@'],
  ['in a list', '[0, @]'],
  ['in an object', '{"a": @}'],
];

const GOOD_VALUES: Rows = [
  ['zero', '0'],
  ['minus zero', '-0'],
  ['a fraction', '0.125'],
  ['an exponent', '1e3'],
  ['an exponent in capitals', '1E+3'],
  ['a negative exponent', '-12.5e-7'],
  ['sixteen digits', '9007199254740993'],
  ['true', 'true'],
  ['false', 'false'],
  ['null', 'null'],
  ['an empty text', '""'],
  ['all short escapes', '"\\" \\\\ \\/ \\b \\f \\n \\r \\t"'],
  ['an escaped letter', '"\\u0041"'],
  ['an escaped pair', '"\\ud83d\\ude00"'],
  ['letters beyond ASCII', '"é 漢 😀"'],
  ['a delete character', '"\u007f"'],
  ['line separators', '"\u2028\u2029"'],
  ['an empty list', '[]'],
  ['an empty object', '{}'],
  ['lists in lists', '[[[[]]]]'],
  ['a list of everything', '[1, "a", null, true, {}, []]'],
  ['an object of everything', '{"n": 1, "t": "a", "l": [], "o": {}}'],
  ['a key of spaces', '{" ": 1}'],
  ['an escaped key', '{"\\u0061": 1}'],
  ['a number of twenty digits', '12345678901234567890'],
  ['an exponent of zero', '1e0'],
  ['a text that looks like JSON', '"{\\"a\\": [1]}"'],
  ['an escaped line separator', '"\\u2028"'],
  ['a private character', '"\ue000"'],
  ['a text of a NUL, escaped', '"\\u0000"'],
  ['blanks of all kinds', ' \t\n\r[ \t\n\r1 \t\n\r, 2 ] '],
];

const BAD_NUMBERS = [
  '-',
  '- 1',
  '+0',
  '00',
  '-01',
  '0.',
  '.0',
  '-.1',
  '1.e1',
  '0e',
  '0e+',
  '1e-',
  '1E',
  '0x0',
  '1_0',
  '١',
  '1,0',
  '0b1',
  '0o7',
];
const BAD_WORDS = [
  'nul',
  'nulll',
  'Null',
  'NULL',
  'tRue',
  'trueish',
  'fals',
  'yes',
  'None',
  'nan',
  '-NaN',
  'inf',
  'undefined',
];
const BAD_TEXTS = [
  "''",
  '`a`',
  '"',
  '"\\',
  '"\\"',
  '"\\a"',
  '"\\0"',
  '"\\u"',
  '"\\u1"',
  '"\\u12G4"',
  '"\\U0041"',
  '"\\ud800\\u"',
  '"\\x00"',
  '“a”',
];
const BAD_FORMS = [
  '[',
  ']',
  '[[',
  '[}',
  '{]',
  '{',
  '}',
  '{{}}',
  '[,]',
  '[1,,]',
  '[1;2]',
  '{,}',
  '{"a"}',
  '{"a",1}',
  '{"a":1 "b":2}',
  '{"a":1,}',
  '{1:1}',
  '{a:1}',
  '{"a":1}}',
  '[1]]',
  '{"a":[}',
  '(1)',
  '<a/>',
  '[1]#',
  '[1]//',
  '/**/[1]',
  '[...]',
  '{"a":b}',
];
/** Texts of JSON may not have these as they are. */
const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code));
/** Bytes that are no UTF-8, within a text. */
const BAD_BYTES: readonly (readonly [string, readonly number[]])[] = [
  ['a lone continuation', [0x80]],
  ['a first byte alone', [0xc3]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['an overlong quote', [0xc0, 0xa2]],
  ['an overlong brace in three bytes', [0xe0, 0x81, 0xbb]],
  ['a high surrogate', [0xed, 0xa0, 0x80]],
  ['a low surrogate', [0xed, 0xbf, 0xbf]],
  ['two of three bytes', [0xe6, 0xbc]],
  ['three of four bytes', [0xf0, 0x9f, 0x98]],
  ['beyond the last character', [0xf4, 0x90, 0x80, 0x80]],
  ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['a byte that never stands', [0xfe]],
];
/** JSON in encodings that JSON isn't sent in. */
const FOREIGN: Rows = [
  ['UTF-16, little end first', Buffer.from('\ufeff{"a":1}', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('\ufeff{"a":1}', 'utf16le').swap16()],
  ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le')],
  ['a mark of UTF-8 in front', Buffer.from('\ufeff{"a":1}')],
  ['Latin-1', Buffer.from('{"a":"é"}', 'latin1')],
  ['compressed bytes', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00])],
];
/** What one parser takes and another doesn't. */
const EITHER: Rows = [
  ['four hundred digits', '7'.repeat(400)],
  ['a tiny number', '0.' + '0'.repeat(400) + '1'],
  ['an exponent of ten digits', '1e1000000000'],
  ['a negative one', '-1e1000000000'],
  ['a long fraction', `1.${'3'.repeat(2000)}`],
  ['equal keys', '{"k":1,"k":2}'],
  ['equal keys, one escaped', '{"k":1,"\\u006b":2}'],
  ['equal keys, deep', '{"o":{"k":1,"k":{"k":1}}}'],
  ['a thousand keys', `{${Array.from({ length: 1000 }, (_, at) => `"k${at}":${at}`).join()}}`],
  ['a key of 64 KiB', `{"${'k'.repeat(65_536)}":1}`],
  ['a text of 64 KiB', `"${'t'.repeat(65_536)}"`],
  ['two hundred lists', '['.repeat(200) + ']'.repeat(200)],
  ['two thousand lists', '['.repeat(2000) + ']'.repeat(2000)],
  ['ten thousand objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
  ['lists and objects in turn', '[{"a":'.repeat(3000) + '1' + '}]'.repeat(3000)],
  ['a list of 20,000 numbers', `[${'1,'.repeat(19_999)}1]`],
  ['halves of pairs', '"\\ud83d \\ude00"'],
  ['characters for no use', '"\ufdd0\ufffe"'],
  ['escaped controls', '"\\u0000\\u001f"'],
  ['a key that everybody has', '{"__proto__":{"stream":true},"constructor":1}'],
];

const said = (text: string): string => JSON.stringify(text).slice(0, 40);

function placed(rows: Rows, verdict: JsonDocument['verdict']): JsonDocument[] {
  return rows.flatMap(([name, text]) =>
    PLACES.map(([place, frame]) => ({
      name: `${name} ${place}`,
      text: String(frame).replace('@', () => String(text)),
      verdict,
    })),
  );
}

const alone = (rows: Rows, verdict: JsonDocument['verdict']): JsonDocument[] =>
  rows.map(([name, text]) => ({ name, text, verdict }));
const listed = (texts: readonly string[]): Rows => texts.map((text) => [said(text), text]);
const quoted = (bytes: readonly number[]) => Buffer.concat([Buffer.from('["'), Buffer.from(bytes), Buffer.from('"]')]);

/** All documents: each names what is special about it. */
export const DOCUMENTS: readonly JsonDocument[] = [
  ...placed(GOOD_VALUES, 'good'),
  ...alone(listed([...BAD_NUMBERS, ...BAD_WORDS, ...BAD_TEXTS, ...BAD_FORMS]), 'bad'),
  ...alone(listed(CONTROLS.map((control) => `["${control}"]`)), 'bad'),
  ...alone(
    BAD_BYTES.map(([name, bytes]) => [name, quoted(bytes)] as const),
    'bad',
  ),
  ...alone(FOREIGN, 'bad'),
  ...alone(EITHER, 'either'),
  ...alone(NO_JSON, 'bad'),
  ...alone(PERHAPS_JSON, 'either'),
];
