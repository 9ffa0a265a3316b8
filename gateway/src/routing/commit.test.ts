import fc from 'fast-check';
import { expect, test } from 'vitest';
import { places, cutAt } from '../../test/cuts.ts';
import { bodyOf, collect, ERROR_FRAME, failureOf, frameList, handTurned, said, textOf } from '../../test/support.ts';
import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import type { UpstreamBody } from '../model/upstream.ts';
import { begunStream, wholeReply, type Reading } from './commit.ts';

function reading(form: Reading['form'], eventBytesMax = 8_000_000): Reading {
  const limits = { jsonBytesMax: 4_000_000, eventBytesMax };
  return { dialect: dialects['openai-chat'], form, limits, provider: 'acme', repeatable: (error) => error };
}

function begun(body: UpstreamBody, clock = handTurned()) {
  const firstOutput = clock.deadlines(() => undefined);
  firstOutput.set(1000);
  return begunStream(body, reading('sse'), { firstOutput, close: () => undefined });
}

const FRAMES = frameList(said('Hello', ' you'));
const STREAM = Buffer.concat(FRAMES);
const START = FRAMES[0] ?? Buffer.alloc(0);
const PING = Buffer.from(': ping\n\n');

test('nothing is lost or changed, however the network cuts the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      const { frames } = await begun(bodyOf(cutAt(STREAM, at)));
      expect(await textOf(frames)).toBe(STREAM.toString());
    }),
  );
});

test('a start and pings are not output: the reply begins with the first word', async () => {
  const body = bodyOf([PING, START, PING, ...FRAMES.slice(1)], { stay: true });
  const { frames } = await begun(body);
  const first = await frames[Symbol.asyncIterator]().next();
  expect(Buffer.concat([...(first.value as Buffer[])]).toString()).toMatch(/^: ping.*: ping.*Hello/s);
});

test.each([
  ['nothing', []],
  ['a start', [START]],
  ['pings', [PING, PING]],
  ['a start and the end mark', [START, 'data: [DONE]\n\n']],
])('%s and then the end is a failure', async (_, pieces) => {
  expect((await failureOf(begun(bodyOf(pieces)))).code).toBe('upstream.broke');
});

test('an error before the first output is thrown, and the connection let go', async () => {
  const body = bodyOf([START, ERROR_FRAME], { stay: true });
  expect(await failureOf(begun(body))).toMatchObject({ code: 'upstream.broke', message: 'It broke.' });
  expect(body.cancelled).toBe(1);
});

test('a frame that can’t be read before the first output is the provider’s failure', async () => {
  const body = bodyOf([START, 'data: {"id": nonsense\n\n'], { stay: true });
  expect((await failureOf(begun(body))).code).toBe('upstream.bad-response');
  expect(body.cancelled).toBe(1);
});

test('a frame over the limit is the provider’s failure, and the connection let go', async () => {
  const body = bodyOf(['data: ', 'a'.repeat(5000)], { stay: true });
  const firstOutput = handTurned().deadlines(() => undefined);
  const failing = begunStream(body, reading('sse', 4096), { firstOutput, close: () => undefined });
  expect((await failureOf(failing)).code).toBe('upstream.bad-response');
  expect(body.cancelled).toBe(1);
});

test('an error that comes after the first output does not undo it', async () => {
  const { frames } = await begun(bodyOf([Buffer.concat([START, FRAMES[1] as Buffer, ERROR_FRAME])]));
  expect(await textOf(frames)).toContain('It broke.');
});

test('what is held back has a limit', async () => {
  const noise = Buffer.from(`: ${'a'.repeat(100_000)}\n\n`);
  let given = 0;
  const body = bodyOf([]);
  const endless: UpstreamBody = {
    cancel: body.cancel,
    async *[Symbol.asyncIterator]() {
      while (given < 20_000_000) {
        given += noise.length;
        yield noise;
      }
    },
  };
  const { frames } = await begun(endless);
  expect(given).toBeLessThan(1_400_000);
  await frames[Symbol.asyncIterator]().return?.();
});

test('the first-output timer stops, whether the reply begins or fails', async () => {
  const clock = handTurned();
  await begun(bodyOf(FRAMES), clock);
  expect(clock.waiting.size).toBe(0);
  await failureOf(begun(bodyOf([ERROR_FRAME]), clock));
  expect(clock.waiting.size).toBe(0);
});

test('a reader that leaves lets the connection go', async () => {
  const body = bodyOf(FRAMES, { stay: true });
  const { frames } = await begun(body);
  for await (const _ of frames) break;
  expect(body.cancelled).toBe(1);
});

test('a connection that breaks later is told to the reader', async () => {
  const broke = new GatewayError('upstream.broke', 'reset');
  const { frames } = await begun(bodyOf(FRAMES.slice(0, 2), { error: broke }));
  expect(await failureOf(collect(frames))).toBe(broke);
});

test('half a frame at the end is not given on', async () => {
  const { frames } = await begun(bodyOf([START, FRAMES[1] as Buffer, 'data: {"half']));
  expect(await textOf(frames)).not.toContain('half');
});

const JSON_BODY = Buffer.concat(frameList(said('Hello'), 'json'));

test('a JSON body is given on as it is, and what it says is known already', async () => {
  const reply = await wholeReply(bodyOf(cutAt(JSON_BODY, [3, 50, 120])), reading('json'));
  expect(await textOf(reply.frames)).toBe(JSON_BODY.toString());
  expect(reply.glanced?.map(({ type }) => type)).toEqual(expect.arrayContaining(['finish', 'usage', 'end']));
});

test.each([
  ['nothing', ''],
  ['half a body', JSON_BODY.subarray(0, 60)],
  ['no object', '[]'],
  ['no choices', '{"id":"x","object":"chat.completion","model":"m","choices":null}'],
  ['something else', '{"hello":"world"}'],
])('%s is not a reply', async (_, body) => {
  expect((await failureOf(wholeReply(bodyOf([body]), reading('json')))).code).toBe('upstream.bad-response');
});

test('an error that says 200 is an error', async () => {
  const failing = wholeReply(bodyOf(['{"error":{"message":"It broke."}}']), reading('json'));
  expect(await failureOf(failing)).toMatchObject({ message: 'It broke.' });
});

test('a JSON body over the limit is read no further, and the connection let go', async () => {
  const body = bodyOf(
    Array.from({ length: 5 }, () => 'a'.repeat(1_000_000)),
    { stay: true },
  );
  let isLeft = false;
  const watched: UpstreamBody = {
    cancel: body.cancel,
    async *[Symbol.asyncIterator]() {
      try {
        yield* body;
      } finally {
        isLeft = true;
      }
    },
  };
  expect((await failureOf(wholeReply(watched, reading('json')))).code).toBe('upstream.bad-response');
  expect(isLeft).toBe(true);
});

test.each([
  ['to the end', async (frames: AsyncIterable<readonly Buffer[]>) => void (await textOf(frames))],
  [
    'and given up',
    async (frames: AsyncIterable<readonly Buffer[]>) => void (await frames[Symbol.asyncIterator]().return?.()),
  ],
])('a stream that is read %s closes its timers', async (_, use) => {
  let closed = 0;
  const firstOutput = handTurned().deadlines(() => undefined);
  const { frames } = await begunStream(bodyOf(FRAMES), reading('sse'), { firstOutput, close: () => (closed += 1) });
  expect(closed).toBe(0);
  await use(frames);
  expect(closed).toBe(1);
});
