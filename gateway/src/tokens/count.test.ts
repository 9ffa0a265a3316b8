import { assert, property, string } from 'fast-check';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { tokenBounds, tokenCounter } from './count.ts';
import { familyOf } from './family.ts';

const AS_TEXT = { disallowedSpecial: new Set<string>() };
const TEXTS = [
  'Hello, world! Don’t they’re I’LL can’t. The quick brown fox — 12345.6789 times — naïve façade.',
  '{"id": 10012, "name": "Zoë", "tags": ["a", "b"], "when": "2026-11-23T10:00:00.000Z"}\n\n\n   x',
  '今天天气很好，我们去公园散步吧。これはテストです。Привет мир! مرحبا بالعالم नमस्ते दुनिया 👩‍👩‍👧‍👦🇩🇪',
  'def f(x):\r\n\treturn x**2  # squared\n\n\nclass HTTPServerX2:\n    pass\n',
  `${'='.repeat(300)} ${'-+'.repeat(200)} ${'donaudampfschifffahrtsgesellschaft'.repeat(20)}${' '.repeat(70)}\n`,
];

describe.each([
  ['gpt-4o', (text: string) => countO200k(text, AS_TEXT)],
  ['gpt-4-turbo', (text: string) => countCl100k(text, AS_TEXT)],
])('%s', (model, reference) => {
  test('counts as the reference does', async () => {
    const { count } = await tokenCounter(model);
    for (const text of TEXTS) expect(count(text)).toBe(reference(text));
  });

  test('counts any text as the reference does', async () => {
    const { count } = await tokenCounter(model);
    assert(
      property(string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(count(text)).toBe(reference(text));
      }),
      { numRuns: 500 },
    );
  });
});

test('special tokens in a text are plain text', async () => {
  const { count } = await tokenCounter('gpt-4o');
  expect(count('<|endoftext|>')).toBeGreaterThan(1);
  const claude = await tokenCounter('claude-sonnet-4-5');
  expect(claude.count('<EOT>')).toBeGreaterThan(1);
});

test('a long text is counted once and known again', async () => {
  const { count } = await tokenCounter('gpt-4o');
  const text = TEXTS.join('\n').repeat(20);
  expect([count(text), count(text)]).toEqual([countO200k(text, AS_TEXT), countO200k(text, AS_TEXT)]);
});

describe('a text without word breaks takes no more time than its length says', () => {
  test.each([
    ['letters', 'a'],
    ['CJK', '好'],
    ['dots', '.'],
    ['spaces', ' '],
    ['line feeds', '\n'],
  ])('%s', async (_, character) => {
    const { count } = await tokenCounter('gpt-4o');
    count(character.repeat(1000));
    const startedAtMs = performance.now();
    count(character.repeat(100_000));
    // An n² count takes 8 s here; the machine that runs the tests may be busy.
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
  });
});

test('bounds from the length alone hold', async () => {
  const { count } = await tokenCounter('gpt-4o');
  for (const text of [...TEXTS, '', ' '.repeat(1000), '好'.repeat(100)]) {
    const { least, most } = tokenBounds(text);
    expect(count(text)).toBeGreaterThanOrEqual(least);
    expect(count(text)).toBeLessThanOrEqual(most);
  }
});

test.each(['gpt-4o', 'claude-sonnet-4-5'])('within a limit means what the count says (%s)', async (model) => {
  const { count, isWithin } = await tokenCounter(model);
  const text = TEXTS.join(' ').repeat(40);
  const tokens = count(text);
  expect([isWithin(text, tokens), isWithin(text, tokens - 2), isWithin(text, 10), isWithin(text, 1e9)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  const fresh = `${text} once more`;
  expect([isWithin(fresh, 100), isWithin(fresh, tokens + 100)]).toEqual([false, true]);
});

test.each([
  ['gpt-4o-mini', 'o200k', true],
  ['openai/gpt-5.1', 'o200k', true],
  ['o3-mini', 'o200k', true],
  ['gpt-4-turbo', 'cl100k', true],
  ['gpt-3.5-turbo-0125', 'cl100k', true],
  ['anthropic/claude-sonnet-4-5', 'claude', false],
  ['gemini-3-pro', 'o200k', false],
  ['gpt-4.1', 'o200k', true],
] as const)('%s is counted by %s', (model, family, isExact) => {
  expect(familyOf(model)).toEqual({ family, isExact });
});

test('a counter that remembers nothing counts the same', async () => {
  const text = 'A sentence that comes again and again. '.repeat(50);
  for (const model of ['gpt-4o', 'claude-sonnet-4']) {
    const [forgetful, usual] = [await tokenCounter(model, { remembers: false }), await tokenCounter(model)];
    expect([forgetful.count(text), forgetful.count(text)]).toEqual([usual.count(text), usual.count(text)]);
  }
});
