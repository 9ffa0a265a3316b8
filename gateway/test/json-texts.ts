import { type Arbitrary, array, constantFrom, integer, oneof, record, string, tuple } from 'fast-check';

const TRICKY = [
  '',
  ' ',
  ' a',
  'a ',
  '1',
  '1.0',
  'true',
  'null',
  '|',
  'a|b',
  '"',
  '"x"',
  '=',
  '={}',
  '*',
  'a*b',
  '@1',
  '[',
  '{}',
];
const STRANGE = [
  '\n',
  'a\nb',
  '\u2028',
  '\u007f',
  '\\',
  '日本',
  '👋',
  ':text',
  'x:text',
  'a=b',
  'a.b',
  '[0]',
  '-',
  '~',
  '0',
];
const LINKS = [
  'https://a.test/x/1',
  'https://a.test/x/2',
  '2026-01-01T10:00:00Z',
  '2026-01-01T11:00:00Z',
  '/var/log/a',
  '/var/log/b',
];
const NUMBERS = ['0', '-0', '1', '1.0', '1e5', '1E+5', '12345678901234567890', '0.1000', '-3.25', '100'];
const KEYS = [
  'id',
  'name',
  'a',
  'b',
  'a.b',
  '1',
  '0',
  '',
  '__proto__',
  'constructor',
  'x=y',
  'q"q',
  'a|b',
  'ü',
  'a:text',
  '[0]',
  'nested',
];

const strings = oneof(constantFrom(...TRICKY, ...STRANGE, ...LINKS), string({ unit: 'grapheme', maxLength: 12 }));
const scalars: Arbitrary<string> = oneof(
  { weight: 5, arbitrary: strings.map((text) => JSON.stringify(text)) },
  { weight: 4, arbitrary: constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: constantFrom('true', 'false', 'null', '{}', '[]') },
);

/** Distinct keys, mostly in one order. */
const keyLists = tuple(array(constantFrom(...KEYS), { maxLength: 6 }), integer({ min: 0, max: 9 })).map(
  ([keys, turn]) => {
    const distinct = [...new Set(keys)];
    return turn === 0 ? distinct : distinct.sort();
  },
);

function objects(values: Arbitrary<string>): Arbitrary<string> {
  return tuple(keyLists, array(values, { minLength: 6, maxLength: 6 })).map(
    ([keys, inside]) => `{${keys.map((key, at) => `${JSON.stringify(key)}:${inside[at] ?? '0'}`).join(', ')}}`,
  );
}

function lists(values: Arbitrary<string>): Arbitrary<string> {
  return array(values, { maxLength: 5 }).map((items) => `[${items.join(', ')}]`);
}

const small = oneof(scalars, objects(scalars), lists(scalars));
const medium = oneof({ weight: 3, arbitrary: scalars }, objects(small), lists(small), lists(objects(small)));

/** Rows that are alike: the same keys, values drawn from a few, some keys left out. */
const tables: Arbitrary<string> = tuple(
  keyLists,
  array(medium, { minLength: 3, maxLength: 8 }),
  array(array(integer({ min: 0, max: 30 }), { minLength: 6, maxLength: 6 }), { minLength: 3, maxLength: 12 }),
).map(([keys, values, picks]) => {
  const rows = picks.map((pick) => {
    const fields = keys.flatMap((key, at) => {
      const chosen = pick[at] ?? 0;
      return chosen > 28
        ? []
        : [`${JSON.stringify(key)}: ${values[(at + (chosen > 14 ? chosen : 0)) % values.length] ?? '1'}`];
    });
    return `{${fields.join(', ')}}`;
  });
  return `[\n  ${rows.join(',\n  ')}\n]`;
});

/** JSON of every kind: awkward strings, keys and spellings of numbers, lists of objects that are nearly alike. */
export const jsonTexts: Arbitrary<string> = oneof(
  { weight: 6, arbitrary: tables },
  {
    weight: 2,
    arbitrary: record({ one: tables, other: medium }).map(({ one, other }) => `{"one":${one},"more":{"x":${other}}}`),
  },
  { weight: 1, arbitrary: medium },
  { weight: 1, arbitrary: array(objects(small), { minLength: 2, maxLength: 8 }).map((rows) => rows.join('\n')) },
);
