import { expect, test } from 'vitest';
import {
  answerOf,
  ask,
  ATTEMPT_SETTINGS,
  bodyOf,
  collect,
  deployment,
  ERROR_FRAME,
  failureOf,
  fakeTransport,
  frameList,
  handTurned,
  provider,
  said,
  settled,
  textOf,
  turn,
  firstEndpoint,
} from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, Reply } from '../model/reply.ts';
import type { Turn } from '../model/turn.ts';
import type {
  Signer,
  Signers,
  Transport,
  TransportOptions,
  UpstreamRequest,
  UpstreamResponse,
} from '../model/upstream.ts';
import { synthlang } from '../providers/synthlang.ts';
import { attempt } from './attempt.ts';
import type { Deployment } from './deployment.ts';

const FRAMES = frameList(said('Hello', ' you'));

function asking(transport: Transport, overrides: { turn?: Partial<Turn>; deployment?: Partial<Deployment> } = {}) {
  const clock = handTurned();
  const asked = turn(overrides.turn);
  const { cancellation } = asked;
  const begun = attempt(asked, deployment(overrides.deployment), ATTEMPT_SETTINGS, {
    transport,
    deadlines: clock.deadlines,
    nowMs: clock.nowMs,
  });
  const leftovers = (): number => clock.waiting.size + cancellation.listening;
  return { begun, clock, cancellation, leftovers };
}

const plain = { ask: ask({ stream: false }) };

function framesOf(reply: Reply): ByteReply['frames'] {
  if (reply.kind !== 'bytes') throw new Error('not bytes');
  return reply.frames;
}

/** A way out that never answers until it is told to stop; keeps what it was told. */
function silent(): { transport: Transport; options: TransportOptions[] } {
  const options: TransportOptions[] = [];
  const transport: Transport = (_, given) => {
    options.push(given);
    return new Promise((_resolve, reject) => given.cancellation.on(reject));
  };
  return { transport, options };
}

/** Says these frames, then nothing until it is told to stop. */
function staying(frames: readonly Buffer[]): Transport {
  return (_, { cancellation }) =>
    Promise.resolve({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: bodyOf(frames, { stay: true, cancellation }),
    });
}

test('a stream is given on whole, and leaves no timer and no listener behind', async () => {
  const { begun, leftovers } = asking(fakeTransport(answerOf(FRAMES)).transport);
  const { reply } = await begun;
  expect(await textOf(framesOf(reply))).toBe(Buffer.concat(FRAMES).toString());
  expect(leftovers()).toBe(0);
});

test('a whole reply leaves nothing behind', async () => {
  const answer = answerOf(frameList(said('Hello'), 'json'), { headers: { 'content-type': 'application/json' } });
  const { begun, leftovers } = asking(fakeTransport(answer).transport, { turn: plain });
  const { reply } = await begun;
  expect(reply).toMatchObject({ kind: 'bytes', wire: { form: 'json' } });
  expect(leftovers()).toBe(0);
});

test.each([
  ['a refusal', answerOf(['{}'], { status: 500 }), 'upstream.broke'],
  ['a connection that fails', new GatewayError('upstream.unreachable', 'no'), 'upstream.unreachable'],
  ['a fault of ours', new TypeError('oops'), undefined],
  ['an error frame', answerOf([ERROR_FRAME]), 'upstream.broke'],
  ['a page', answerOf(['<html>'], { headers: { 'content-type': 'text/html' } }), 'upstream.bad-response'],
  ['nothing', answerOf([]), 'upstream.broke'],
])('%s is thrown, and leaves nothing behind', async (_, answer, code) => {
  const { begun, leftovers } = asking(fakeTransport(answer).transport);
  expect((await failureOf(begun)).code).toBe(code);
  expect(leftovers()).toBe(0);
});

test('a page with a good status is let go unread', async () => {
  const answer = answerOf(['<html>secret'], { headers: { 'content-type': 'text/html' }, stay: true });
  const error = await failureOf(asking(fakeTransport(answer).transport).begun);
  expect(error.message).not.toContain('secret');
  expect(answer.body.cancelled).toBe(1);
});

test.each([
  ['text/event-stream; charset=utf-8', true, 'sse'],
  ['text/event-stream', false, 'sse'],
  ['application/json', true, 'json'],
  ['application/problem+json', false, 'json'],
  ['', true, 'sse'],
  ['', false, 'json'],
  ['text/plain', true, 'sse'],
  ['application/octet-stream', false, 'json'],
])('content type %o of a reply to stream: %s is read as %s', async (type, stream, form) => {
  const answer = answerOf(frameList(said('Hello'), form as 'sse' | 'json'), { headers: { 'content-type': type } });
  const { begun, leftovers } = asking(fakeTransport(answer).transport, { turn: { ask: ask({ stream }) } });
  const { reply } = await begun;
  expect(reply).toMatchObject({ wire: { form } });
  expect(await textOf(framesOf(reply))).toContain('Hello');
  expect(leftovers()).toBe(0);
});

test('a stream gets the headers timer, and a plain reply the whole time, since it comes with its headers', async () => {
  for (const [fields, expected] of [
    [{ stream: true }, 60],
    [{ stream: false }, 600],
  ] as const) {
    const { transport, options } = silent();
    const { cancellation, begun } = asking(transport, { turn: { ask: ask(fields) } });
    expect(options[0]).toMatchObject({ headersTimeoutMs: expected, idleTimeoutMs: 50 });
    cancellation.cancel(new GatewayError('request.cancelled', 'gone'));
    await failureOf(begun);
  }
});

test('a deployment’s own times win', async () => {
  const { transport, options } = silent();
  const own = { timeoutMs: 33, firstOutputTimeoutMs: 22 };
  const { begun, clock, leftovers } = asking(transport, { deployment: own, turn: plain });
  expect(options[0]?.headersTimeoutMs).toBe(33);
  expect(leftovers()).toBe(2);
  clock.pass(33);
  expect((await failureOf(begun)).message).toContain('33 ms (total timer)');
  const stream = asking(silent().transport, { deployment: own });
  stream.clock.pass(22);
  expect((await failureOf(stream.begun)).message).toContain('22 ms (first output timer)');
});

test('a stream that says nothing runs into the first-output timer', async () => {
  const { begun, clock, leftovers } = asking(staying(FRAMES.slice(0, 1)));
  await settled();
  clock.pass(120);
  expect(await failureOf(begun)).toMatchObject({ code: 'upstream.timeout', status: 504 });
  expect(leftovers()).toBe(0);
});

test('after the first output only the deployment’s total timer counts, and it ends the stream', async () => {
  const { begun, clock, leftovers } = asking(staying(FRAMES.slice(0, 3)), { deployment: { timeoutMs: 600 } });
  const { reply } = await begun;
  clock.pass(599);
  const reading = failureOf(collect(framesOf(reply)));
  await settled();
  clock.pass(1);
  expect((await reading).message).toContain('total timer');
  expect(leftovers()).toBe(0);
});

test('the reason why a turn was aborted is what the reader hears', async () => {
  const stopping = new GatewayError('gateway.stopping', 'bye');
  const { begun, cancellation, leftovers } = asking(staying(FRAMES.slice(0, 3)));
  const reading = failureOf(collect(framesOf((await begun).reply)));
  cancellation.cancel(stopping);
  expect(await reading).toBe(stopping);
  expect(leftovers()).toBe(0);
});

test('a turn that is over already is not begun', async () => {
  const gone = new GatewayError('request.cancelled', 'gone');
  const over = new Cancellation();
  over.cancel(gone);
  const { begun, leftovers } = asking(silent().transport, { turn: { cancellation: over } });
  expect(await failureOf(begun)).toBe(gone);
  expect(leftovers()).toBe(0);
});

test('a reader that leaves lets go of the connection, the timers and the listener', async () => {
  const answer = answerOf(FRAMES, { stay: true });
  const { begun, leftovers } = asking(fakeTransport(answer).transport);
  for await (const _ of framesOf((await begun).reply)) break;
  expect(answer.body.cancelled).toBe(1);
  expect(leftovers()).toBe(0);
});

test('what was dropped with permission is told', async () => {
  const acme = deployment().provider;
  if (acme.kind !== 'http') throw new Error('acme is asked over HTTP');
  const lacking = { ...acme, chat: [{ ...firstEndpoint(acme), lacks: ['seed'] }] as const };
  const asked = { ask: ask({ stream: true, seed: 1 }) };
  const { transport } = fakeTransport(answerOf(FRAMES));
  const refused = asking(transport, { turn: asked, deployment: { provider: lacking } });
  expect((await failureOf(refused.begun)).code).toBe('request.unsupported');
  const byDeployment = asking(transport, { turn: asked, deployment: { provider: lacking, dropParams: true } });
  expect((await byDeployment.begun).notices).toHaveLength(1);
});

test('the caller’s word on dropping wins over the operator’s', async () => {
  const acme = deployment().provider;
  if (acme.kind !== 'http') throw new Error('acme is asked over HTTP');
  const lacking = { ...acme, chat: [{ ...firstEndpoint(acme), lacks: ['seed'] }] as const };
  const asked = { ask: ask({ stream: true, seed: 1 }), switches: { dropParams: false } };
  const { begun } = asking(fakeTransport(answerOf(FRAMES)).transport, {
    turn: asked,
    deployment: { provider: lacking, dropParams: true },
  });
  expect((await failureOf(begun)).code).toBe('request.unsupported');
});

test('a model inside the gateway is asked without a connection', async () => {
  const { transport, asked } = fakeTransport();
  const { begun, leftovers } = asking(transport, { deployment: { provider: synthlang, model: 'echo' } });
  const { reply } = await begun;
  expect(reply.kind === 'events' && (await collect(reply.events)).at(-1)).toEqual({ type: 'end' });
  expect([asked.length, leftovers()]).toEqual([0, 0]);
});

test('a content type is read whatever its case', async () => {
  const answer: UpstreamResponse = answerOf(FRAMES, { headers: { 'content-type': 'TEXT/EVENT-STREAM' } });
  const { reply } = await asking(fakeTransport(answer).transport).begun;
  expect(reply).toMatchObject({ wire: { form: 'sse' } });
});

test('a provider that signs is asked with the signed request, and not at all without a signer', async () => {
  const signing = { kind: 'aws', needs: [['key']] } as const;
  const asked = turn(plain);
  const sent: UpstreamRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    return Promise.reject(new GatewayError('upstream.broke', 'enough'));
  };
  const by = deployment({ provider: provider({ signing }), fields: { region: 'eu' } });
  const signer: Signer = (request, { key, fields }) =>
    Promise.resolve({ ...request, headers: [...request.headers, 'x-signed', `${key} ${fields['region']}`] });
  const { deadlines, nowMs } = handTurned();
  const asking = (signers: Signers) => attempt(asked, by, ATTEMPT_SETTINGS, { transport, deadlines, nowMs, signers });
  await expect(asking({ aws: signer })).rejects.toThrow('enough');
  expect(sent.map(({ headers }) => headers.slice(-2))).toEqual([['x-signed', 'sk-CANARY-provider-key eu']]);
  await expect(asking({})).rejects.toMatchObject({ code: 'upstream.auth' });
  expect(sent).toHaveLength(1);
});
