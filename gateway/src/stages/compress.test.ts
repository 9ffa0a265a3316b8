import { describe, expect, test } from 'vitest';
import { ask, turn } from '../../test/support.ts';
import type { Counter } from '../saving/encode-block.ts';
import { TokenSaver } from '../saving/save-tokens.ts';
import { compress, type CompressSettings } from './compress.ts';

const counter: Counter = { isExact: true, tokenizer: 'quarter', count: (text) => Math.ceil(text.length / 4) };
const shortens = {
  id: 'json-minify',
  loss: 'none' as const,
  compress: (text: string) => (text.startsWith('long ') ? `short of ${text.length}` : undefined),
  restore: (text: string) => `long ${'x'.repeat(Number(text.slice(9)) - 5)}`,
};

function stage(settings: Partial<CompressSettings> = {}) {
  const counterFor = () => Promise.resolve(counter);
  return compress({ mode: 'lossless', level: 'low', ...settings }, { saver: new TokenSaver([shortens]), counterFor });
}

function asked(text: string) {
  const messages = [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: text },
  ];
  return turn({ ask: ask({ messages }) });
}
const LONG = `long ${'x'.repeat(2_000)}`;

test('what was changed is given on with the texts that changed, and noted', async () => {
  const step = await stage().run(asked(LONG));
  expect(step.texts).toEqual([{ from: LONG, to: 'short of 2005' }]);
  expect(step.note).toEqual({
    mode: 'lossless',
    tokensBefore: 502,
    tokensAfter: 4,
    tokensSaved: 498,
    tokenizer: 'quarter',
    isExact: true,
    blockCount: 1,
    cachedBlockCount: 0,
    blocks: 'tool result 1 (f): json-minify 502>4',
  });
});

test('audit leaves the same note and nothing else', async () => {
  const { request, texts, note } = await stage({ mode: 'audit' }).run(asked(LONG));
  expect([request, texts, note?.['mode'], note?.['tokensSaved']]).toEqual([undefined, undefined, 'audit', 498]);
});

test('a request without anything to shorten leaves no note', async () => {
  expect(await stage().run(asked('y'.repeat(2_000)))).toEqual({});
  expect(await stage().run(turn())).toEqual({});
});

describe('whether it looks at a turn at all', () => {
  test.each<[Partial<CompressSettings>, boolean | undefined, boolean]>([
    [{ mode: 'off' }, undefined, false],
    [{ mode: 'off' }, true, true],
    [{ mode: 'lossless' }, undefined, true],
    [{ mode: 'lossless' }, false, false],
    [{ mode: 'audit' }, false, true],
  ])('%j and the caller says %s: %s', (settings, savesTokens, looks) => {
    const switches = savesTokens === undefined ? {} : { savesTokens };
    expect(stage(settings).wants?.({ ...asked(LONG), switches })).toBe(looks);
  });

  test('not at a short one', () => expect(stage().wants?.(turn())).toBe(false));
});

test('the caller’s level decides', async () => {
  const onlyHigh = { ...shortens, id: 'json-table-affix' };
  const ports = { saver: new TokenSaver([onlyHigh]), counterFor: () => Promise.resolve(counter) };
  const own = compress({ mode: 'lossless', level: 'medium' }, ports);
  expect(await own.run(asked(LONG))).toEqual({});
  expect((await own.run({ ...asked(LONG), switches: { savingLevel: 'high' } })).texts).toHaveLength(1);
});
