import { expect, test } from 'vitest';
import {
  ask,
  collect,
  failureOf,
  frameList,
  replyOf,
  said,
  sse,
  textOf,
  trailOf,
  turn,
  USAGE,
} from '../../test/support.ts';
import { look } from '../dialects/look.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply, ReplyEvent } from '../model/reply.ts';
import type { Stage, Step } from '../stages/contract.ts';
import { run } from './run.ts';

function stage(name: string, step: Step | (() => Step)): Stage {
  return { name, run: () => (typeof step === 'function' ? step() : step) };
}

const FRAMES = frameList(said('Hello', ' you'));

function words(events: readonly ReplyEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

/** A stage that changes each text, so that its place in the line can be read off the reply. */
function marking(mark: string): Stage {
  return stage(mark, {
    async *onReply(events) {
      for await (const event of events)
        yield event.type === 'text-delta' ? { ...event, text: `${mark}(${event.text})` } : event;
    },
  });
}

test('a reply that nobody changes passes as the very bytes that came', async () => {
  const { trail, records } = trailOf();
  const reply = await run({ stages: [stage('looker', {})], send: async () => sse(FRAMES) }, trail);
  expect(reply.kind === 'bytes' && (await textOf(reply.frames))).toBe(Buffer.concat(FRAMES).toString());
  expect(records).toMatchObject([{ end: 'finished', usage: USAGE, status: 200 }]);
});

test('the request that a stage made is what later stages and the model see', async () => {
  const seen: string[] = [];
  const changed = { ...ask().look(), model: 'changed' };
  const looker: Stage = { name: 'looker', run: (at) => (seen.push(at.ask.head.model), {}) };
  const send = async (at: { ask: { head: { model: string }; origin: unknown } }): Promise<Reply> => {
    seen.push(at.ask.head.model);
    expect(at.ask.origin).toBeUndefined();
    return sse(FRAMES);
  };
  const { trail } = trailOf();
  await run({ stages: [looker, stage('changer', { request: changed }), looker], send }, trail);
  expect(seen).toEqual(['the-model', 'changed', 'changed']);
});

test('a stage’s answer ends the way in; later stages and the model are not asked', async () => {
  const asked: string[] = [];
  const answering = stage('answering', { answer: replyOf(said('canned')) });
  const later: Stage = { name: 'later', run: () => (asked.push('later'), {}) };
  const { trail, records } = trailOf();
  const send = async (): Promise<Reply> => (asked.push('model'), sse(FRAMES));
  const reply = await run({ stages: [marking('m'), answering, later], send }, trail);
  expect(words(await collect(look(reply)))).toBe('m(canned)');
  expect(asked).toEqual([]);
  expect(records[0]?.trail.map(({ stage: name, did }) => `${name} ${did}`)).toEqual(['m passed', 'answering answered']);
});

test('what stages undo is undone last in, first out', async () => {
  const { trail } = trailOf();
  const reply = await run({ stages: [marking('a'), marking('b')], send: async () => sse(FRAMES) }, trail);
  expect(words(await collect(look(reply)))).toBe('a(b(Hello))a(b( you))');
});

test('a watcher sees the reply as it is at its own place in the line', async () => {
  const seen: ReplyEvent[] = [];
  const watching = stage('watching', { watch: (event) => void seen.push(event) });
  const { trail } = trailOf();
  const stages = [marking('outer'), watching, marking('inner')];
  await collect(look(await run({ stages, send: async () => sse(FRAMES) }, trail)));
  expect(words(seen)).toBe('inner(Hello)inner( you)');
});

test('a stage that refuses ends the turn: earlier stages tidy up, and the model is not asked', async () => {
  const heard: string[] = [];
  const refusing = new GatewayError('key.forbidden', 'no');
  const careful = stage('careful', { onDone: ({ end, error }) => void heard.push(`${end} ${error?.code}`) });
  const throwing = stage('throwing', () => {
    throw refusing;
  });
  const { trail, records } = trailOf();
  const send = async (): Promise<Reply> => (heard.push('model'), sse(FRAMES));
  expect(await failureOf(run({ stages: [careful, throwing], send }, trail))).toBe(refusing);
  expect(heard).toEqual(['failed key.forbidden']);
  expect(records).toMatchObject([{ end: 'failed', status: 403, error: refusing }]);
});

test('a stage that crashes has not said yes', async () => {
  const crashing = stage('crashing', () => {
    throw new TypeError('oops sk-CANARY');
  });
  const { trail, records } = trailOf();
  const error = await failureOf(run({ stages: [crashing], send: async () => sse(FRAMES) }, trail));
  expect(error).toMatchObject({ code: 'gateway.bug', status: 500 });
  expect(error.message).not.toContain('CANARY');
  expect(records).toMatchObject([{ end: 'failed', status: 500 }]);
});

test('a model that can’t be asked fails the turn with its error', async () => {
  const busy = new GatewayError('upstream.overloaded', 'busy');
  const { trail, records } = trailOf();
  expect(await failureOf(run({ stages: [], send: () => Promise.reject(busy) }, trail))).toBe(busy);
  expect(records).toMatchObject([{ end: 'failed', status: 503, usage: undefined }]);
});

test('a caller that goes away while a model is asked has cancelled the turn', async () => {
  const cancellation = new Cancellation();
  const gone = new GatewayError('request.cancelled', 'gone');
  const { trail, records } = trailOf(turn({ cancellation }));
  const send = (): Promise<Reply> => {
    cancellation.cancel(gone);
    return Promise.reject(gone);
  };
  expect(await failureOf(run({ stages: [], send }, trail))).toBe(gone);
  expect(records).toMatchObject([{ end: 'cancelled', status: 499 }]);
});
