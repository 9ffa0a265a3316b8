import type { Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonTexts } from '../../test/json-texts.ts';
import { logTexts } from '../../test/log-texts.ts';
import { compressorSuite } from './contract.suite.ts';
import { compressors } from './index.ts';

const line = (at: number) => `2026-11-23 10:00:${10 + at}.000 INFO job ${at % 3 === 0 ? 'started' : 'ended'} id=${at}`;
const rows = Array.from({ length: 30 }, (_, at) => ({ id: at, state: 'open', owner: { name: `Person ${at % 5}` } }));

/** For each compressor: texts of its kind, and one that it surely shortens. */
const KINDS: Readonly<Record<string, readonly [Arbitrary<string>, string]>> = {
  'json-minify': [jsonTexts, JSON.stringify(rows, null, 2)],
  'json-table': [jsonTexts, JSON.stringify(rows)],
  'json-table-affix': [jsonTexts, JSON.stringify(rows)],
  'log-template': [logTexts, Array.from({ length: 40 }, (_, at) => line(at)).join('\n')],
};

describe.each(compressors)('$id', (compressor) => {
  const [texts, example] = KINDS[compressor.id] ?? [];
  if (texts && example) compressorSuite(compressor, texts, example);
  else test('has texts to be tried with', () => expect(KINDS[compressor.id]).toBeDefined());
});
