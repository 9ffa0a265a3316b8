import { describe, expect, test } from 'vitest';
import {
  collect,
  ERROR_FRAME,
  failureOf,
  frameList,
  replyOf,
  said,
  settled,
  sse,
  trailOf,
  turn,
  USAGE,
} from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply, ReplyEvent } from '../model/reply.ts';
import type { Step } from '../stages/contract.ts';
import { wayBack } from './way-back.ts';

const FRAMES = frameList(said('Hello', ' you'));
const stopped = new GatewayError('key.forbidden', 'enough');

/** Reads a reply as text pieces, whichever kind it is, until it ends or fails. */
async function read(reply: Reply): Promise<{ text: string; error?: GatewayError }> {
  let text = '';
  try {
    const items: AsyncIterable<unknown> = reply.kind === 'bytes' ? reply.frames : reply.events;
    for await (const item of items)
      text += Array.isArray(item) ? Buffer.concat(item as Buffer[]).toString() : JSON.stringify(item);
    return { text };
  } catch (thrown) {
    return { text, error: thrown as GatewayError };
  }
}

const unchanging: Step = { onReply: (events) => events };

/** Both ways a reply can go: as bytes that are read along, and as events. */
describe.each([
  ['bytes', [] as Step[]],
  ['events', [unchanging]],
])('as %s', (_, steps) => {
  test('a whole reply finishes the turn with the provider’s usage', async () => {
    const { trail, records } = trailOf();
    const { text, error } = await read(wayBack(sse(FRAMES), steps, trail));
    expect(text).toContain('Hello');
    expect(error).toBeUndefined();
    expect(records).toMatchObject([{ end: 'finished', usage: USAGE, usageEstimated: false, blind: false }]);
  });

  test('a reply that stops in the middle is an error, and what was said is counted', async () => {
    const { trail, records } = trailOf();
    const { text, error } = await read(wayBack(sse(FRAMES.slice(0, 3)), steps, trail));
    expect(text).toContain(' you');
    expect(text).not.toContain('[DONE]');
    expect(error?.code).toBe('upstream.broke');
    expect(records).toMatchObject([{ end: 'failed', usageEstimated: true, error: { code: 'upstream.broke' } }]);
    expect(records[0]?.usage?.outputTokens).toBeGreaterThan(1);
  });

  test('an error of the provider ends the reply at that very place', async () => {
    const { trail, records } = trailOf();
    const source = sse([...FRAMES.slice(0, 2), ERROR_FRAME, ...FRAMES.slice(2)]);
    const { text, error } = await read(wayBack(source, steps, trail));
    expect(text).toContain('Hello');
    expect(text).not.toContain(' you');
    expect(text).not.toContain('It broke');
    expect(error?.message).toBe('It broke.');
    expect(source.isLeft()).toBe(true);
    expect(records).toMatchObject([{ end: 'failed', error: { message: 'It broke.' } }]);
  });

  test('a connection that breaks fails the turn with its error', async () => {
    const broke = new GatewayError('upstream.broke', 'reset');
    const { trail, records } = trailOf();
    const source = sse(FRAMES.slice(0, 2), () => {
      throw broke;
    });
    expect((await read(wayBack(source, steps, trail))).error).toBe(broke);
    expect(records).toMatchObject([{ end: 'failed', usageEstimated: true }]);
  });

  test('a reader that walks away cancels the turn, lets the provider go, and is counted', async () => {
    const { trail, records } = trailOf();
    const source = sse(FRAMES);
    const reply = wayBack(source, steps, trail);
    let seen = 0;
    const items: AsyncIterable<unknown> = reply.kind === 'bytes' ? reply.frames : reply.events;
    for await (const __ of items) if ((seen += 1) === 3) break;
    await settled();
    expect(source.isLeft()).toBe(true);
    expect(records).toMatchObject([{ end: 'cancelled', status: 499, usageEstimated: true }]);
  });

  test('a caller that went away has cancelled the turn, and what was said is counted', async () => {
    const cancellation = new Cancellation();
    const gone = new GatewayError('request.cancelled', 'gone');
    const { trail, records } = trailOf(turn({ cancellation }));
    const source = sse(FRAMES.slice(0, 3), () => {
      cancellation.cancel(gone);
      throw gone;
    });
    expect((await read(wayBack(source, steps, trail))).error).toBe(gone);
    expect(records).toMatchObject([{ end: 'cancelled', status: 499, usageEstimated: true }]);
  });

  test('a reply that its teller can’t go on with fails for that reason, and what was said is counted', async () => {
    const { trail, records } = trailOf();
    const source = sse(FRAMES);
    const reply = wayBack(source, steps, trail);
    const iterator: AsyncIterator<unknown> = (reply.kind === 'bytes' ? reply.frames : reply.events)[
      Symbol.asyncIterator
    ]();
    await iterator.next();
    await iterator.next();
    await iterator.next();
    await iterator.throw?.(stopped).catch(() => undefined);
    expect(source.isLeft()).toBe(true);
    expect(records).toMatchObject([{ end: 'failed', error: stopped, usageEstimated: true }]);
  });

  test('what a watcher decides ends the reply before the event it decided on', async () => {
    const { trail, records } = trailOf();
    const source = sse(FRAMES);
    const watch = (event: ReplyEvent) => (event.type === 'text-delta' && event.text === ' you' ? stopped : undefined);
    const { text, error } = await read(wayBack(source, [...steps, { watch }], trail));
    expect(text).toContain('Hello');
    expect(text).not.toContain(' you');
    expect(error).toBe(stopped);
    expect(source.isLeft()).toBe(true);
    expect(records).toMatchObject([{ end: 'failed', error: stopped }]);
  });

  test('what a watcher throws by accident does not touch the reply', async () => {
    const { trail, records } = trailOf();
    let seen = 0;
    const watch = () => {
      seen += 1;
      throw new Error('accident');
    };
    const { text, error } = await read(wayBack(sse(FRAMES), [...steps, { watch }], trail));
    expect([seen, error]).toEqual([1, undefined]);
    expect(text).toContain(' you');
    expect(records).toMatchObject([{ end: 'finished', blind: true, usage: USAGE, usageEstimated: false }]);
    expect(records[0]?.warnings).toEqual(['the reply could not be watched to its end']);
  });

  test('a watcher that fails doesn’t hide that the reply was cut', async () => {
    const { trail, records } = trailOf();
    const watch = () => {
      throw new Error('accident');
    };
    const { error } = await read(wayBack(sse(FRAMES.slice(0, 3)), [...steps, { watch }], trail));
    expect(error?.code).toBe('upstream.broke');
    expect(records).toMatchObject([{ end: 'failed', blind: true }]);
  });

  test('an error in the reply is said as it may be repeated', async () => {
    const { trail, records } = trailOf();
    const repeatable = ({ code }: GatewayError) => new GatewayError(code, 'said carefully');
    const source = { ...sse([...FRAMES.slice(0, 2), ERROR_FRAME]), repeatable };
    const { error } = await read(wayBack(source, steps, trail));
    expect(error?.message).toBe('said carefully');
    expect(records).toMatchObject([{ end: 'failed', error: { message: 'said carefully' } }]);
  });

  test('the reply has begun, as far as the record is concerned', async () => {
    const { trail, records } = trailOf();
    await read(wayBack(sse(FRAMES), steps, trail));
    expect(records[0]?.firstOutputMs).toBe(0);
  });
});

test('frames that can’t be read along pass all the same, and the record says that nobody saw them', async () => {
  const { trail, records } = trailOf();
  const strange = Buffer.from('data: {"usage": {nonsense}}\n\n');
  const { text, error } = await read(wayBack(sse([...FRAMES.slice(0, 2), strange, ...FRAMES.slice(2)]), [], trail));
  expect(error).toBeUndefined();
  expect(text).toContain('nonsense');
  expect(text).toContain('[DONE]');
  expect(records).toMatchObject([{ end: 'finished', blind: true, usageEstimated: true }]);
  expect(records[0]?.warnings).toEqual(['the reply could not be read along']);
});

test('a provider that forgets the end mark after a finish gets it put in', async () => {
  const { trail, records } = trailOf();
  const unmarked = FRAMES.map((frame) => Buffer.from(String(frame).replace('data: [DONE]\n\n', '')));
  const { text } = await read(wayBack(sse(unmarked), [], trail));
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect(text.match(/\[DONE\]/g)).toHaveLength(1);
  expect(records).toMatchObject([{ end: 'finished' }]);
});

test('a batch is cut where the error stands in it', async () => {
  const { trail } = trailOf();
  const frames = (async function* () {
    yield [...FRAMES.slice(0, 2), ERROR_FRAME, ...FRAMES.slice(2)];
  })();
  const { text, error } = await read(wayBack({ ...sse([]), frames }, [], trail));
  expect(text).toBe(Buffer.concat(FRAMES.slice(0, 2)).toString());
  expect(error?.message).toBe('It broke.');
});

test('what a glance at a whole reply said is not looked for again', async () => {
  const { trail, records } = trailOf();
  const body = frameList(said('Hello'), 'json');
  const reply = { ...sse(body), wire: { dialect: 'openai-chat', form: 'json' } as const, glanced: said('Hello') };
  expect((await read(wayBack(reply, [], trail))).text).toBe(Buffer.concat(body).toString());
  expect(records).toMatchObject([{ end: 'finished', usage: USAGE }]);
});

test('watchers see a whole reply as well', async () => {
  const seen: string[] = [];
  const { trail } = trailOf();
  const body = frameList(said('Hello'), 'json');
  const reply = { ...sse(body), wire: { dialect: 'openai-chat', form: 'json' } as const, glanced: said('Hello') };
  await read(wayBack(reply, [{ watch: ({ type }) => void seen.push(type) }], trail));
  expect(seen).toContain('text-delta');
});

test('events that end without a finish are cut short', async () => {
  const { trail, records } = trailOf();
  const reply = wayBack(replyOf(said('Hello').slice(0, 3)), [], trail);
  if (reply.kind !== 'events') throw new Error('events stay events');
  expect((await failureOf(collect(reply.events))).code).toBe('upstream.broke');
  expect(records).toMatchObject([{ end: 'failed' }]);
});

test('a reply that is over stays over', async () => {
  const { trail, records } = trailOf();
  const reply = wayBack(sse(FRAMES.slice(0, 2)), [], trail);
  if (reply.kind !== 'bytes') throw new Error('bytes stay bytes');
  const iterator = reply.frames[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.next();
  await failureOf(iterator.next());
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(records).toHaveLength(1);
});
