import { describe, expect, test } from 'vitest';
import { cachedLine, counting, type Send } from '../../test/cached-line.ts';
import { ask, frameList, replyOf, said, sse, turn, USAGE } from '../../test/support.ts';
import type { CacheSettings } from './cache.ts';
import { detectors } from '../detectors/index.ts';
import { GatewayError } from '../model/error.ts';
import type { ReplyStore } from '../model/kept-reply.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { Turn } from '../model/turn.ts';
import { MemoryReplies } from '../stores/memory-replies.ts';
import { maskPii } from './mask-pii.ts';

const about = (content: string, more: object = {}) => ({
  ask: ask({ messages: [{ role: 'user', content }], ...more }),
});

describe('a request that was answered before', () => {
  test('is answered again without a model, streamed or not, and recorded so', async () => {
    const { answer, asked } = cachedLine(counting());
    const first = await answer({ ask: ask({ stream: true }) });
    const second = await answer({ ask: ask({ stream: false }) });
    expect([first.text, second.text]).toEqual(['answer 1', 'answer 1']);
    expect(asked).toHaveLength(1);
    expect(first.record).toMatchObject({ cache: 'miss' });
    expect(second.record).toMatchObject({ cache: 'hit', usage: USAGE, attempts: [], end: 'finished' });
  });

  test('is answered with an id of its own, now, by the same model', async () => {
    const { answer } = cachedLine(counting());
    await answer();
    const { events } = await answer({ id: '0123-4567' });
    expect(events[0]).toEqual({ type: 'start', id: 'r-01234567', model: 'upstream-model' });
    expect(events.at(-1)).toEqual({ type: 'end' });
  });

  test('is asked again when the answer has become too old, for everybody or for one who says so', async () => {
    const { answer, clock } = cachedLine(counting());
    await answer({ switches: { cache: { ttlSeconds: 10 } } });
    clock.pass(5000);
    expect((await answer({ switches: { cache: { ageSecondsMax: 4 } } })).text).toBe('answer 2');
    clock.pass(59_000);
    expect((await answer()).text).toBe('answer 2');
    clock.pass(1000);
    expect((await answer()).text).toBe('answer 3');
  });

  test('is answered until there is no room, where answers don’t expire', async () => {
    const { answer, clock } = cachedLine(counting(), { settings: { ttlSeconds: 0 } });
    await answer();
    clock.pass(1e12);
    expect((await answer()).text).toBe('answer 1');
  });

  test('is told again what was dropped', async () => {
    const { answer } = cachedLine((_, trail) => {
      trail.noticed('dropped seed');
      return counting()(turn(), trail);
    });
    await answer();
    expect((await answer()).record.warnings).toEqual(['dropped seed']);
  });

  test('with other white space is the same question, unless every letter counts', async () => {
    const loose = cachedLine(counting());
    await loose.answer(about('What is love?'));
    expect((await loose.answer(about(" what's  love "))).text).toBe('answer 1');
    const strict = cachedLine(counting(), { settings: { tier: 'exact' } });
    await strict.answer(about('What is love?'));
    expect((await strict.answer(about('What is love? '))).text).toBe('answer 2');
  });
});

describe('the switches', () => {
  const twice = async (cacheWish: Turn['switches']['cache'], settings?: Partial<CacheSettings>) => {
    const { answer } = cachedLine(counting(), settings ? { settings } : {});
    const texts = [await answer(), await answer({ switches: cacheWish ? { cache: cacheWish } : {} }), await answer()];
    return texts.map(({ text, record }) => `${text.at(-1)} ${record.cache}`);
  };

  test('leave the cache alone for one request', async () => {
    expect(await twice({ noCache: true, noStore: true })).toEqual(['1 miss', '2 bypass', '1 hit']);
  });
  test('ask anew, and keep the new answer', async () => {
    expect(await twice({ noCache: true })).toEqual(['1 miss', '2 miss', '2 hit']);
  });
  test('take what is there, and keep nothing', async () => {
    expect(await twice({ noStore: true })).toEqual(['1 miss', '1 hit', '1 hit']);
    const { answer } = cachedLine(counting());
    const noStore = { switches: { cache: { noStore: true } } };
    expect([(await answer(noStore)).text, (await answer(noStore)).text]).toEqual(['answer 1', 'answer 2']);
  });
  test('keep a part for oneself', async () => {
    expect(await twice({ namespace: 'mine' })).toEqual(['1 miss', '2 miss', '1 hit']);
  });
  test('are needed where the cache is for those who ask for it', async () => {
    expect(await twice({ use: true }, { onlyWhenAsked: true })).toEqual(['1 bypass', '2 miss', '3 bypass']);
  });
});

describe('passed over', () => {
  const image = [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }];
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['temperature', { temperature: 0.31 }],
    ['choices', { n: 2 }],
    ['media', { messages: [{ role: 'user', content: image }] }],
    ['media', { messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'u' } }] }] }],
    ['provider-tools', { tools: [{ type: 'openrouter:web_search', parameters: {} }] }],
    ['provider-tools', { web_search_options: {} }],
    ['provider-tools', { store: true }],
    ['time', { messages: [{ role: 'user', content: 'Who is president now?' }] }],
    ['time', { messages: [{ role: 'user', content: '今天天气怎么样?' }] }],
    ['numbers', { seed: 2 ** 60 }],
  ])('because of %s: %o', async (why, fields) => {
    const { answer } = cachedLine(counting());
    const asking = { ask: ask(fields) };
    const texts = [await answer(asking), await answer(asking)];
    expect(texts.map(({ text }) => text)).toEqual(['answer 1', 'answer 2']);
    expect(texts[1]?.record.trail).toMatchObject([{ stage: 'cache', note: { cache: 'bypass', bypassed: why } }]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['a low temperature', { temperature: 0.3 }],
    [
      'a word of time in the history alone',
      {
        messages: [
          { role: 'user', content: 'now' },
          { role: 'assistant', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      },
    ],
    ['a word with a word of time in it', { messages: [{ role: 'user', content: 'I know nowhere' }] }],
    ['what the provider doesn’t keep', { store: false }],
    ['tools of the caller', { tools: [{ type: 'function', function: { name: 'f' } }] }],
  ])('%s is no reason', async (_, fields) => {
    const { answer } = cachedLine(counting());
    const asking = { ask: ask(fields) };
    await answer(asking);
    expect((await answer(asking)).record.cache).toBe('hit');
  });

  test('a caller who asks for the cache gets it in spite of a temperature', async () => {
    const { answer } = cachedLine(counting());
    const asking = { ask: ask({ temperature: 1 }), switches: { cache: { use: true } } };
    await answer(asking);
    expect((await answer(asking)).record.cache).toBe('hit');
  });
});

describe('never kept', () => {
  const at = { choice: 0, block: 0 } as const;
  const call: readonly ReplyEvent[] = [
    { type: 'start', id: 'r', model: 'm' },
    { type: 'block-start', ...at, start: { kind: 'tool-call', id: 'c', name: 'f' } },
    { type: 'tool-input-delta', ...at, json: '{}' },
    { type: 'block-end', ...at },
    { type: 'finish', choice: 0, reason: 'tool-calls' },
    { type: 'end' },
  ];
  const ending = (reason: 'length' | 'content-filter' | 'refusal' | 'other') =>
    said('Hello').map((event): ReplyEvent => (event.type === 'finish' ? { ...event, reason } : event));
  const broken = new GatewayError('upstream.broke', 'It broke.');
  const fallback = { target: 'p/m', provider: 'p', model: 'm', fallback: 1, ms: 1, error: undefined };

  test.each<[string, Send]>([
    ['a call of a tool', async () => replyOf(call)],
    ['a reply that ran out of tokens', async () => replyOf(ending('length'))],
    ['a reply that was filtered', async () => replyOf(ending('content-filter'))],
    ['a refusal', async () => replyOf(ending('refusal'))],
    ['an odd ending', async () => replyOf(ending('other'))],
    ['nothing', async () => replyOf(said(' '))],
    ['a cut stream', async () => sse(frameList(said('Hello')).slice(0, 2))],
    ['an error in the middle', async () => replyOf([...said('Hello').slice(0, 3), { type: 'error', error: broken }])],
    ['a failure', () => Promise.reject(broken)],
    [
      'a reply that can’t be read along',
      async () =>
        sse([
          ...frameList(said('Hello')).slice(0, 2),
          Buffer.from('data: {"a\n\n'),
          ...frameList(said('Hello')).slice(2),
        ]),
    ],
    ['a stand-in’s answer', async (_, trail) => (trail.attempted(fallback), replyOf(said('Hello')))],
    ['a monster', async () => replyOf(said('x'.repeat(100_001)))],
  ])('%s', async (_, send) => {
    const { answer, asked, replies } = cachedLine(send);
    for (let time = 0; time < 2; time += 1) await answer().catch(() => undefined);
    expect(asked).toHaveLength(2);
    expect((await replies.state()).entries).toBe(0);
  });

  test('a reply that its caller left', async () => {
    const { answer, asked, replies } = cachedLine(counting(), {
      before: [
        {
          name: 'leaver',
          run: () => ({
            async *onReply(events) {
              for await (const event of events) {
                yield event;
                return;
              }
            },
          }),
        },
      ],
    });
    await answer().catch(() => undefined);
    await answer().catch(() => undefined);
    expect(asked).toHaveLength(2);
    expect((await replies.state()).entries).toBe(0);
  });

  test('a call of a tool, unless the operator says that its tools have no effects', async () => {
    const { answer, asked } = cachedLine(async () => replyOf(call), { settings: { toolCalls: true } });
    await answer();
    const { events } = await answer();
    expect(asked).toHaveLength(1);
    expect(events).toContainEqual(call[2]);
  });
});

test('the cache holds placeholders, and each caller gets their own address back', async () => {
  const masking = maskPii({ maskBeforeLlm: true, callersMaySwitchOff: true }, detectors);
  const { answer, asked } = cachedLine(async () => sse(frameList(said('Dear <EMAIL', '_1>'))), {
    before: [masking],
    settings: { scope: 'everyone' },
  });
  const texts = [];
  for (const [keyId, address] of [
    ['a', 'ada@example.org'],
    ['b', 'bob@example.org'],
  ] as const)
    texts.push((await answer({ ...about(`Greet ${address}`), caller: { keyId, role: 'basic' } })).text);
  expect(texts).toEqual(['Dear ada@example.org', 'Dear bob@example.org']);
  expect(asked).toHaveLength(1);
});

test('a store that is out of reach is an empty one', async () => {
  const broken = () => Promise.reject(new Error('no connection'));
  const store: ReplyStore = { get: broken, set: broken, delete: broken, clear: broken, state: broken };
  const { answer } = cachedLine(counting(), { store });
  expect([(await answer()).text, (await answer()).text]).toEqual(['answer 1', 'answer 2']);
});

test('10,000 requests at random get no answer that was made for another one', async () => {
  const echo: Send = async (of) =>
    replyOf(said(JSON.stringify([of.caller.keyId, { ...of.ask.look(), stream: false }])));
  const { answer, asked } = cachedLine(echo, {
    settings: { tier: 'exact' },
    store: new MemoryReplies({ bytesMax: 1e9, entriesMax: 1e5 }),
  });
  let state = 42;
  const draw = (count: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * count);
  };
  const word = () => ['a', 'b', 'ab', 'a b', ''][draw(5)] ?? '';
  for (let time = 0; time < 10_000; time += 1) {
    const fields = {
      model: `m${draw(3)}`,
      messages: [
        { role: 'system', content: word() },
        ...Array.from({ length: 1 + 2 * draw(2) }, (_, at) => ({
          role: at % 2 === 0 ? 'user' : 'assistant',
          content: word(),
        })),
      ],
      ...(draw(2) === 0 ? {} : { temperature: draw(3) / 10 }),
      ...(draw(2) === 0 ? {} : { tools: [{ type: 'function', function: { name: `f${draw(2)}` } }] }),
      ...(draw(2) === 0 ? {} : { response_format: { type: draw(2) === 0 ? 'text' : 'json_object' } }),
    };
    const caller = { keyId: `k${draw(3)}`, role: 'basic' } as const;
    const asking = ask(fields);
    const { text } = await answer({ ask: asking, caller });
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify([caller.keyId, { ...asking.look(), stream: false }])));
  }
  expect(asked.length).toBeLessThan(9000);
}, 60_000);
