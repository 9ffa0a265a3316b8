import { afterAll, describe, expect, test } from 'vitest';
import type { Embedder } from '../model/embedder.ts';
import { Embedders } from './embedders.ts';

const embedders = new Embedders();
afterAll(() => embedders.close());

async function likeness(embedder: Embedder, one: string, other: string): Promise<number> {
  const [a, b] = await Promise.all([embedder.embed(one), embedder.embed(other)]);
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

describe.each(['letters', 'sentences'] as const)('%s', (kind) => {
  test('gives vectors of length 1, the same for the same text', async () => {
    const embedder = embedders.get(kind);
    for (const text of ['What is the capital of France?', 'a', '今天', 'été 🙂']) {
      const vector = await embedder.embed(text);
      expect(vector).toHaveLength(embedder.dimensions);
      expect(await likeness(embedder, text, text)).toBeCloseTo(1, 3);
    }
  }, 30_000);

  test('puts what says the same closer than what has nothing to do with it', async () => {
    const embedder = embedders.get(kind);
    const question = 'What is the capital of France?';
    const same = await likeness(embedder, question, 'Tell me the capital of France');
    const other = await likeness(embedder, question, 'How do I boil an egg?');
    expect(same).toBeGreaterThan(other + 0.3);
  }, 30_000);
});

test('closeness tells no numbers apart, which is why it never decides alone', async () => {
  const embedder = embedders.get('sentences');
  expect(await likeness(embedder, 'How long is a run of 10 miles?', 'How long is a run of 25 miles?')).toBeGreaterThan(
    0.98,
  );
}, 30_000);

test('many texts at once are all answered, each with its own vector', async () => {
  const embedder = embedders.get('sentences');
  const texts = Array.from({ length: 150 }, (_, at) => `Question number ${at} about ${'abc'.repeat(at % 7)}`);
  const together = await Promise.all(texts.map(async (text) => embedder.embed(text)));
  for (const at of [0, 63, 64, 149]) {
    const alone = await embedder.embed(texts[at] ?? '');
    expect(alone.reduce((sum, value, index) => sum + value * (together[at]?.[index] ?? 0), 0)).toBeCloseTo(1, 3);
  }
}, 60_000);

test('closing fails what waits, and a later text begins anew', async () => {
  const own = new Embedders();
  const embedder = own.get('sentences');
  const lost = Promise.allSettled([embedder.embed('one'), embedder.embed('two')]);
  await own.close();
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await embedder.embed('three')).toHaveLength(512);
  await own.close();
}, 30_000);
