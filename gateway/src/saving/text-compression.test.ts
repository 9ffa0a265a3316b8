import { describe, expect, test } from 'vitest';
import { logOf, LOG_KINDS } from '../benching/corpus/logs.ts';
import { prose } from '../benching/corpus/prose-and-code.ts';
import { seeded } from '../benching/corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from '../benching/corpus/tool-json.ts';
import { compressors, legacyCompressors, legacyDecompress } from '../compressors/index.ts';
import { jsonEssence } from '../compressors/json-document.ts';
import { tokenCounter } from '../tokens/count.ts';
import { textCompression } from './text-compression.ts';

const texts = textCompression({ compressors, legacy: legacyCompressors, legacyDecompress, counterFor: tokenCounter });
const model = 'gpt-4o';
const JSON_TEXT = toolJson(TOOL_KINDS['pods'] ?? [() => [], 0], seeded(2), 30);
const LOG_TEXT = logOf(LOG_KINDS['zookeeper'] ?? (() => ''), seeded(2), 60);
const PROSE = prose(seeded(2), 20);

describe('the best of a level', () => {
  test.each([
    ['low', JSON_TEXT, 'json-minify'],
    ['medium', JSON_TEXT, 'json-table'],
    ['high', JSON_TEXT, 'json-table-affix'],
    ['medium', LOG_TEXT, 'log-template'],
    ['high', PROSE, 'none'],
  ] as const)('%s', async (level, text, codec) => {
    const result = await texts.compress({ text, model, level });
    expect(result).toMatchObject({ codec, isLossless: true, tokenizer: 'o200k', isExact: true });
    expect(result.reductionPercent > 0).toBe(codec !== 'none');
  });

  test.each([
    ['JSON', JSON_TEXT, jsonEssence(JSON_TEXT)],
    ['a log', LOG_TEXT, LOG_TEXT],
    ['prose', PROSE, PROSE],
  ])('%s comes back', async (_, text, back) => {
    const { text: compressed, codec } = await texts.compress({ text, model, level: 'high' });
    expect(await texts.decompress({ text: compressed, model, isLegacy: false })).toMatchObject({ text: back, codec });
  });
});

describe('a compressor by name', () => {
  test('does what it does, whatever that costs, and says so', async () => {
    const result = await texts.compress({ text: PROSE, model, codec: 'legacy-medium' });
    expect(result).toMatchObject({ codec: 'legacy-medium', isLossless: false });
    expect(result.reductionPercent).toBeLessThan(-10);
  });

  test('packs and unpacks', async () => {
    const { text, isLossless } = await texts.compress({ text: PROSE, model, codec: 'legacy-gzip' });
    expect(isLossless).toBe(true);
    expect((await texts.decompress({ text, model, isLegacy: false })).text).toBe(PROSE);
  });

  test('that is unknown is an error that names those there are', async () => {
    await expect(texts.compress({ text: 'x', model, codec: 'zip' })).rejects.toThrow(/json-table, .*legacy-high/);
  });
});

test('legacy texts are undone only where that is asked, and never called whole', async () => {
  const wish = { text: 't db & a msg', model };
  expect(await texts.decompress({ ...wish, isLegacy: false })).toMatchObject({ text: wish.text, codec: 'none' });
  expect(await texts.decompress({ ...wish, isLegacy: true })).toMatchObject({
    text: 'the database & a message',
    isLossless: false,
  });
});

test.each(['{ "a" : 1 }', 'gz:nonsense', '[JSON, its lists', ''])('%o was compressed by nobody', async (text) => {
  expect(await texts.decompress({ text, model, isLegacy: false })).toMatchObject({ text, codec: 'none' });
});
