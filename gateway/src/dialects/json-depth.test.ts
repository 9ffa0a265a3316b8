import { expect, test } from 'vitest';
import { isAbyss } from './json-depth.ts';

const padding = ' '.repeat(600_000);
const deep = '['.repeat(20_000);

test.each([
  ['brackets without end', deep],
  ['objects without end', '{"a":'.repeat(20_000)],
  ['brackets that are closed again', deep + ']'.repeat(20_000)],
  ['brackets behind a text with quotes in it', `["\\\\\\"", "\\\\", ${deep}`],
])('%s are an abyss', (_, text) => {
  expect(isAbyss(Buffer.from(text + padding))).toBe(true);
});

test.each([
  ['a flat list', `[${'1,'.repeat(400_000)}1]`],
  ['many small objects', `[${'{"a":[1]},'.repeat(100_000)}1]`],
  ['brackets in a text', `{"a":"${deep}"}${padding}`],
  ['brackets in a text with escaped quotes', `{"a":"\\"${deep}\\\\"}${padding}`],
  ['a text that never ends', `{"a":"${deep}${padding}`],
  ['brackets too few to matter', deep],
])('%s are none', (_, text) => {
  expect(isAbyss(Buffer.from(text))).toBe(false);
});
