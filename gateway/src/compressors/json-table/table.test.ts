import { assert, pre, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonTexts } from '../../../test/json-texts.ts';
import { readDocument } from '../json-document.ts';
import { isList, isRecord, type JsonValue, writeJson } from '../json-value.ts';
import { jsonTable, jsonTableAffix } from './json-table.ts';
import { readTable, writeTable } from './table.ts';

function table(...rows: readonly unknown[]): readonly string[] {
  const value = readDocument(JSON.stringify(rows))?.value;
  return (value && isList(value) && writeTable(value, true)) || [];
}

test('any rows that become a table are read again, each as it was', () => {
  let tables = 0;
  assert(
    property(jsonTexts, (text) => {
      const value = readDocument(text)?.value;
      pre(value !== undefined && isList(value) && value.every(isRecord));
      const rows = value as readonly JsonValue[];
      const lines = writeTable(rows, true);
      if (!lines) return;
      tables += 1;
      expect(readTable(lines).map(writeJson)).toEqual(rows.map(writeJson));
    }),
    { numRuns: 2_000 },
  );
  expect(tables).toBeGreaterThan(1_000);
});

describe('what a table looks like', () => {
  test('names stand once, what is the same everywhere stands once, what is absent is empty', () => {
    const rows = [
      { id: 1, kind: 'x', by: { name: 'Ada', age: 36 }, note: null },
      { id: 2, kind: 'x', by: { name: 'Alan', age: 41 } },
      { id: 3, kind: 'x', by: null, note: '' },
    ];
    expect(table(...rows)).toEqual([
      'id|kind=x|by|by.name|by.age|note',
      '1||Ada|36|null',
      '2||Alan|41|',
      '3|null|||""',
    ]);
  });

  test('links and times say once how they begin and end', () => {
    const rows = [10, 11, 12].map((at) => ({ url: `https://a.test/items/${at}.json`, at: `2026-11-${at}T08:00:00Z` }));
    expect(table(...rows)).toEqual([
      'url=https://a.test/items/*.json|at=2026-11-*:00:00Z',
      '10|10T08',
      '11|11T08',
      '12|12T08',
    ]);
  });

  test('unless they shall be said to the letter', () => {
    const items = [10, 11, 12, 13, 14].map((at) => ({ url: `https://a.test/items/${at}.json` }));
    expect(jsonTable.compress(JSON.stringify(items))).toContain('\nurl\nhttps://a.test/items/10.json\n');
    expect(jsonTableAffix.compress(JSON.stringify(items))).toContain('\nurl=https://a.test/items/*.json\n10\n');
  });

  test('ids are never cut, since a model says them again', () => {
    expect(table({ id: 'order-100' }, { id: 'order-101' }, { id: 'order-102' })[1]).toBe('order-100');
  });

  test('text that looks like a number is marked once for its column', () => {
    expect(table({ zip: '01067' }, { zip: '10115' }, { zip: '20095' })).toEqual([
      'zip:text',
      '01067',
      '10115',
      '20095',
    ]);
  });

  test('what could be mistaken is quoted', () => {
    const texts = ['a|b', ' a', '"', '[x', '', 'true'];
    expect(table(...texts.map((x) => ({ x, y: 1 }))).slice(1)).toEqual([
      ...texts.slice(0, 5).map((text) => JSON.stringify(text)),
      'true',
    ]);
  });

  test('a row that does not fit stands whole', () => {
    const rows = [...[1, 2, 3, 4, 5].map((a) => ({ a, b: 2 * a })), { b: 1, a: 2 }];
    expect(table(...rows).at(-1)).toBe('={"b":1,"a":2}');
  });

  test('short lists of objects in a row become columns as well', () => {
    const rows = ['a', 'b', 'c'].map((name) => ({ ports: [{ name, port: 80 }] }));
    expect(table(...rows)).toEqual(['ports[0].name|ports[0].port=80', 'a', 'b', 'c']);
  });
});

test('what surrounds the tables stays JSON', () => {
  const items = Array.from({ length: 20 }, (_, id) => ({ id, colour: 'red' }));
  const lines = jsonTable.compress(JSON.stringify({ ok: true, items, next: null }))?.split('\n');
  expect(lines?.slice(1, 5)).toEqual(['{"ok":true,"items":@1,"next":null}', '@1 20 rows', 'id|colour=red', '0']);
});

test.each([
  ['an object that names a key twice', '[{"a":1,"a":2},{"a":1},{"a":1}]'],
  ['half a character', '[{"a":"\\ud800"},{"a":"b"},{"a":"c"}]'],
  ['what is no JSON', '[{"a":01},{"a":1},{"a":1}]'],
  ['values that lie too deep', `${'['.repeat(40)}${']'.repeat(40)}`],
])('%s is left alone', (_, text) => expect(jsonTable.compress(text)).toBeUndefined());

test('objects with thousands of keys are no table, and take no time', () => {
  const wide = (from: number) => Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${from + at}`, at]));
  expect(table(wide(0), wide(5_000), wide(10_000))).toEqual([]);
});
