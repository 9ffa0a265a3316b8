import { afterAll, describe, expect, test } from 'vitest';
import { cachedLine, counting, type Send } from '../../test/cached-line.ts';
import { nearMisses, type Pair, paraphrases } from '../../test/near-misses.ts';
import { ask, replyOf, said, settled } from '../../test/support.ts';
import { Embedders } from '../embedders/embedders.ts';
import { letters } from '../embedders/letters.ts';
import type { Embedder } from '../model/embedder.ts';
import type { ReplyStore } from '../model/kept-reply.ts';
import type { Turn } from '../model/turn.ts';
import { MemoryReplies } from '../stores/memory-replies.ts';

const embedders = new Embedders();
afterAll(() => embedders.close());

const asking = (content: string, more: object = {}) => ({
  ask: ask({ messages: [{ role: 'user', content }], ...more }),
});
const question = 'What is the capital of France?';
const inOtherWords = 'Tell me the capital of France';

test('a question that means the same is answered with what was kept, and said to be', async () => {
  const { answer, asked, replies } = cachedLine(counting(), { embedder: letters, threshold: 0.5 });
  await answer(asking(question));
  const { text, record } = await answer(asking(inOtherWords));
  expect([text, record.cache, asked.length]).toEqual(['answer 1', 'semantic', 1]);
  expect(record.trail[0]?.note).toMatchObject({ cache: 'semantic', similarity: expect.any(Number) as number });
  expect(replies.counts).toMatchObject({ hits: 0, semantic: 1, misses: 1 });
});

test('what was found by meaning is not kept as an answer of its own', async () => {
  const { answer, replies } = cachedLine(counting(), { embedder: letters, threshold: 0.5 });
  await answer(asking(question));
  await answer(asking(inOtherWords));
  expect((await answer(asking(inOtherWords))).record.cache).toBe('semantic');
  expect((await replies.state()).entries).toBe(1);
});

test('it is off unless somebody asked for it', async () => {
  const { answer } = cachedLine(counting());
  await answer(asking(question));
  expect((await answer(asking(inOtherWords))).record.cache).toBe('miss');
});

describe('nothing is found by meaning', () => {
  const twice = async (first: Partial<Turn>, second: Partial<Turn>) => {
    const { answer } = cachedLine(counting(), { embedder: letters, threshold: 0 });
    await answer(first);
    return (await answer(second)).record.cache;
  };
  const history = (content: string) => ({
    ask: ask({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hi' },
        { role: 'user', content },
      ],
    }),
  });
  const under = (system: string, content: string) => ({
    ask: ask({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content },
      ],
    }),
  });
  const tools = { tools: [{ type: 'function', function: { name: 'f' } }] };

  test.each<[string, Partial<Turn>, Partial<Turn>]>([
    ['in a conversation', history(question), history(inOtherWords)],
    ['where there are tools', asking(question, tools), asking(inOtherWords, tools)],
    ['under another system prompt', under('Be brief.', question), under('Be long.', inOtherWords)],
    ['for another model', asking(question), asking(inOtherWords, { model: 'other' })],
    ['in another format', asking(question), asking(inOtherWords, { response_format: { type: 'json_object' } })],
    ['with another seed', asking(question, { seed: 1 }), asking(inOtherWords, { seed: 2 })],
    ['for another key', asking(question), { ...asking(inOtherWords), caller: { keyId: 'other', role: 'basic' } }],
    [
      'when it is to be asked anew',
      asking(question),
      { ...asking(inOtherWords), switches: { cache: { noCache: true } } },
    ],
    [
      'in a namespace of its own',
      asking(question),
      { ...asking(inOtherWords), switches: { cache: { namespace: 'n' } } },
    ],
  ])('%s', async (_, first, second) => expect(await twice(first, second)).toBe('miss'));

  test('and the same system prompt is no reason', async () => {
    expect(await twice(under('Be brief.', question), under('Be brief.', inOtherWords))).toBe('semantic');
  });

  test('when the answer is too old, or gone', async () => {
    const { answer, clock } = cachedLine(counting(), { embedder: letters, threshold: 0 });
    await answer(asking(question));
    clock.pass(60_000);
    expect((await answer(asking(inOtherWords))).text).toBe('answer 2');
  });

  test('when it isn’t close enough', async () => {
    const { answer } = cachedLine(counting(), { embedder: letters, threshold: 0.99 });
    await answer(asking(question));
    expect((await answer(asking(inOtherWords))).record.cache).toBe('miss');
  });

  test.each<[string, Embedder['embed']]>([
    ['fails', () => Promise.reject(new Error('no thread'))],
    [
      'crashes',
      () => {
        throw new Error('no thread');
      },
    ],
  ])('when the embedder %s; the turn goes on', async (_, embed) => {
    const { answer } = cachedLine(counting(), { embedder: { ...letters, embed } });
    await answer(asking(question));
    expect((await answer(asking(inOtherWords))).text).toBe('answer 2');
  });

  test('when the embedder takes too long', async () => {
    const { answer, clock } = cachedLine(counting(), {
      embedder: { ...letters, embed: () => new Promise(() => undefined) },
    });
    await answer(asking(question));
    const waiting = answer(asking(inOtherWords));
    await settled();
    clock.pass(500);
    expect((await waiting).text).toBe('answer 2');
    expect(clock.waiting.size).toBe(0);
  });

  test('when the store is out of reach', async () => {
    const memory = new MemoryReplies({ bytesMax: 1e6, entriesMax: 10 });
    let isDown = false;
    const store: ReplyStore = {
      get: (key) => (isDown ? Promise.reject(new Error('down')) : memory.get(key)),
      set: memory.set,
      delete: memory.delete,
      clear: memory.clear,
      state: memory.state,
    };
    const { answer } = cachedLine(counting(), { embedder: letters, threshold: 0, store });
    await answer(asking(question));
    isDown = true;
    expect((await answer(asking(inOtherWords))).text).toBe('answer 2');
  });
});

test('those who wait for a question that is found by meaning are answered with it', async () => {
  const { answer, asked } = cachedLine(counting(), { embedder: letters, threshold: 0 });
  await answer(asking(question));
  const all = await Promise.all(Array.from({ length: 20 }, () => answer(asking(inOtherWords))));
  expect(new Set(all.map(({ text, record }) => `${text} ${record.cache}`))).toEqual(new Set(['answer 1 semantic']));
  expect(asked).toHaveLength(1);
});

/** Says what it was asked, so that a wrong answer shows. */
const echo: Send = async (of) => replyOf(said(of.ask.lastWords() ?? ''));

async function outcomes(pairs: readonly Pair[], embedder: Embedder, threshold: number) {
  const meaning = new Map(
    pairs.flatMap(({ kept, asked }) => [kept, asked].map(({ text, asks }) => [text, asks] as const)),
  );
  const { answer } = cachedLine(echo, { embedder, threshold });
  for (const { kept } of pairs) await answer(asking(kept.text));
  const heard = [];
  for (const { asked } of pairs)
    heard.push({ asked, ...(await answer({ ...asking(asked.text), switches: { cache: { noStore: true } } })) });
  return {
    hits: heard.filter(({ record }) => record.cache !== 'miss').length,
    wrong: heard
      .filter(({ asked, text }) => meaning.get(text) !== asked.asks)
      .map(({ asked, text }) => `${asked.text} ← ${text}`),
  };
}

describe('of questions that look alike', () => {
  const pairs = nearMisses(2000, 7);

  test('there are 2,000, of every kind, and most of them different', () => {
    expect(new Set(pairs.map(({ difference }) => difference)).size).toBe(9);
    expect(pairs.filter(({ kept, asked }) => kept.text === asked.text)).toEqual([]);
    expect(new Set(pairs.map(({ kept, asked }) => `${kept.text}|${asked.text}`)).size).toBeGreaterThan(1000);
  });

  test('none is given another’s answer, however low the bar for closeness is', async () => {
    expect((await outcomes(pairs, letters, -1)).wrong).toEqual([]);
  }, 60_000);

  test('most are close enough for the model, which therefore can’t decide', async () => {
    const embedder = embedders.get('sentences');
    const sample = pairs.filter(({ difference }) => difference === 'number' || difference === 'unit').slice(0, 60);
    const close = await Promise.all(
      sample.map(async ({ kept, asked }) => {
        const [one, other] = await Promise.all([embedder.embed(kept.text), embedder.embed(asked.text)]);
        return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0) >= 0.8;
      }),
    );
    expect(close.filter(Boolean).length).toBeGreaterThan(30);
  }, 30_000);
});

test('of questions in other words most are found, by the model, and none gets a wrong answer', async () => {
  const { hits, wrong } = await outcomes(paraphrases(200, 11), embedders.get('sentences'), 0.8);
  expect(wrong).toEqual([]);
  expect(hits).toBeGreaterThan(100);
}, 60_000);
