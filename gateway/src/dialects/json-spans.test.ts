import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutField, cutFields, fieldSpans, firstField, spliced } from './json-spans.ts';

/** JSON text with any white space and any escapes that the grammar allows, with each field as written. */
interface Written {
  readonly bytes: Buffer;
  readonly fields: readonly { readonly key: string; readonly value: unknown }[];
}

const gap = fc.constantFrom('', '', ' ', '\n', '\t', '\r\n', ' \n\t ');
const string = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\\"', 'é', '}', ',', ':'),
);
const json = fc.letrec<{ value: string; text: string }>((tie) => ({
  text: fc.tuple(string, fc.boolean()).map(([text, escaped]) => (escaped ? unicode(text) : JSON.stringify(text))),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('text'),
    fc.constantFrom('null', 'true', 'false', '0', '-1.5e+10', '12345678901234567890', '[]', '{}', '""'),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), gap).map(([items, s]) => `[${s}${items.join(`${s},${s}`)}${s}]`),
    fc
      .tuple(fc.array(fc.tuple(tie('text'), tie('value')), { maxLength: 3 }), gap)
      .map(([pairs, s]) => `{${s}${pairs.map(([key, value]) => `${key}${s}:${s}${value}`).join(`${s},${s}`)}${s}}`),
  ),
}));
const key = fc.oneof(fc.constantFrom('"model"', '"mod\\u0065l"', '"usage"', '"__proto__"', '""'), json.text);
const written: fc.Arbitrary<Written> = fc
  .tuple(fc.array(fc.tuple(key, json.value, gap, gap), { maxLength: 6 }), gap, gap)
  .map(([pairs, before, after]) => {
    const inside = pairs.map(([name, value, s1, s2]) => `${s1}${name}${s2}:${s1}${value}${s2}`).join(',');
    return {
      bytes: Buffer.from(`${before}{${inside || before}}${after}`),
      fields: pairs.map(([name, value]) => ({ key: JSON.parse(name) as string, value: JSON.parse(value) as unknown })),
    };
  });

function unicode(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

function read(bytes: Buffer): { key: string; value: unknown }[] | undefined {
  return fieldSpans(bytes)?.map(({ key: name, valueStart, valueEnd }) => ({
    key: name,
    value: JSON.parse(bytes.toString('utf8', valueStart, valueEnd)) as unknown,
  }));
}

describe('the fields of an object', () => {
  test('are found with their exact values, in order, doubles included, whatever white space and escapes stand there', () => {
    fc.assert(
      fc.property(written, ({ bytes, fields }) => {
        expect(read(bytes)).toEqual(fields);
      }),
      { numRuns: 1000 },
    );
  });

  test('have spans without white space, from the opening quote of the key', () => {
    fc.assert(
      fc.property(written, ({ bytes }) => {
        for (const { keyStart, valueStart, valueEnd } of fieldSpans(bytes) ?? []) {
          expect(bytes[keyStart]).toBe(0x22);
          expect(bytes.toString('utf8', valueStart, valueEnd)).toMatch(/^\S(.*\S)?$/s);
        }
      }),
    );
  });

  test('of an object inside another are found from its own span', () => {
    const bytes = Buffer.from('{"a":{"b":1},"c":{"model":"x" , "d":[{"e":"}"}]}}');
    const outer = fieldSpans(bytes)?.[1];
    const inner = fieldSpans(bytes, outer?.valueStart, outer?.valueEnd);
    expect(inner?.map((field) => field.key)).toEqual(['model', 'd']);
  });

  test.each([
    '',
    ' ',
    '[]',
    '"a"',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"x}',
    '{"a":"x\\"}',
    '{"a":[1}',
    '{"a":{}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1,}',
    '{,"a":1}',
    '{a:1}',
    '{"\\x":1}',
    '{"a":1}{"b":2}',
    '{"a":1} x',
    '{"a":}',
    '{"a":,"b":1}',
  ])('are not guessed in %j', (text) => expect(fieldSpans(Buffer.from(text))).toBeUndefined());

  test('are never read beyond the end that was given', () => {
    fc.assert(
      fc.property(written, fc.nat(), ({ bytes }, at) => {
        const end = at % (bytes.length + 1);
        const alone = fieldSpans(Buffer.from(bytes.subarray(0, end)));
        expect(fieldSpans(bytes, 0, end)).toEqual(alone);
      }),
      { numRuns: 500 },
    );
  });

  test('of broken text are either the parser’s or none, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        written,
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', ',', 'x', '\u0000'),
        ({ bytes }, at, noise) => {
          const place = at % (bytes.length + 1);
          const broken = Buffer.concat([bytes.subarray(0, place), Buffer.from(noise), bytes.subarray(place + 1)]);
          const spans = fieldSpans(broken);
          const parsed = parsedOrNone(broken);
          if (isObject(parsed)) expect(new Set(spans?.map((span) => span.key))).toEqual(new Set(Object.keys(parsed)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['backslashes', `{"a":"${'\\'.repeat(1_000_000)}"}`],
    ['backslashes without an end', `{"a":"${'\\'.repeat(1_000_001)}`],
    ['escaped quotes', `{"a":"${'\\"'.repeat(500_000)}"}`],
    ['escaped quotes without an end', `{"a":"${'\\"'.repeat(500_000)}`],
    [
      'backslash runs of growing length',
      `{"a":"${Array.from({ length: 1400 }, (_, at) => `${'\\\\'.repeat(at)}\\"`).join('')}"}`,
    ],
    ['quotes', `{"a":${'"'.repeat(1_000_000)}}`],
    ['empty strings in an array', `{"a":[${'"",'.repeat(330_000)}""]}`],
    ['open brackets', `{"a":${'['.repeat(1_000_000)}`],
    ['nested brackets', `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
    ['nested objects', `${'{"a":'.repeat(160_000)}1${'}'.repeat(160_000)}`],
    ['white space', `{"a":${' '.repeat(1_000_000)}1}`],
    ['white space without an end', `{"a"${'\n'.repeat(1_000_000)}`],
    ['short fields', `{${'"a":1,'.repeat(160_000)}"a":1}`],
    ['escaped keys', `{${'"\\u0061":1,'.repeat(90_000)}"a":1}`],
    ['a long key', `{"${'k'.repeat(1_000_000)}":1}`],
    ['open objects', '{'.repeat(1_000_000)],
  ])('of a hostile megabyte (%s) cost linear time', (_, text) => {
    const bytes = Buffer.from(text);
    const startedAt = performance.now();
    fieldSpans(bytes);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('splicing', () => {
  test('replaces a value and leaves every other byte', () => {
    fc.assert(
      fc.property(written, fc.nat(), json.value, ({ bytes, fields }, at, text) => {
        fc.pre(fields.length > 0);
        const index = at % fields.length;
        const spans = fieldSpans(bytes) ?? [];
        const { valueStart: start, valueEnd: end } = spans[index] ?? { valueStart: 0, valueEnd: 0 };
        const changed = spliced(bytes, [{ start, end, text }]);
        const expected = fields.map((field, place) =>
          place === index ? { ...field, value: JSON.parse(text) } : field,
        );
        expect(read(changed)).toEqual(expected);
        expect(changed.subarray(0, start).equals(bytes.subarray(0, start))).toBe(true);
        expect(changed.subarray(start + Buffer.byteLength(text)).equals(bytes.subarray(end))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('without edits gives the very same bytes', () => {
    const bytes = Buffer.from('{}');
    expect(spliced(bytes, [])).toBe(bytes);
  });

  test('takes its edits in any order', () => {
    const edits = [
      { start: 4, end: 5, text: 'E' },
      { start: 0, end: 1, text: '' },
    ];
    expect(spliced(Buffer.from('abcdef'), edits).toString()).toBe('bcdEf');
  });

  test('cuts one field with the one comma that belongs to it', () => {
    fc.assert(
      fc.property(written, fc.nat(), ({ bytes, fields }, at) => {
        fc.pre(fields.length > 0);
        const index = at % fields.length;
        const rest = spliced(bytes, [cutField(fieldSpans(bytes) ?? [], index)]);
        expect(read(rest)).toEqual(fields.filter((_, place) => place !== index));
        JSON.parse(rest.toString());
      }),
      { numRuns: 500 },
    );
  });

  test('cuts any fields together, neighbours and all, and leaves JSON', () => {
    fc.assert(
      fc.property(written, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), ({ bytes, fields }, goes) => {
        const spans = fieldSpans(bytes) ?? [];
        const rest = spliced(
          bytes,
          cutFields(spans, (span) => goes[spans.indexOf(span)] === true),
        );
        expect(read(rest)).toEqual(fields.filter((_, place) => !goes[place]));
        JSON.parse(rest.toString());
      }),
      { numRuns: 500 },
    );
  });
});

function parsedOrNone(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

test('the first field of a name is found as if all had been looked at', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('model', 'usage', '', 'nothing'), ({ bytes }, name) => {
      expect(firstField(bytes, name)).toEqual(fieldSpans(bytes)?.find(({ key: found }) => found === name));
    }),
  );
});

test.each(['', '[]', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1 "model":2}', '"model"'])(
  'there is no such field in %s',
  (text) => {
    expect(firstField(Buffer.from(text), 'model')).toBeUndefined();
  },
);
