import { expect, test } from 'vitest';
import type { Dialect } from '../../src/dialects/contract.ts';
import { dialects } from '../../src/dialects/index.ts';
import { fold } from '../../src/model/fold.ts';
import type { ReplyEvent, Wire } from '../../src/model/reply.ts';
import type { Origin } from '../../src/model/request.ts';
import { decoded, encoded, framesOf } from '../decoded.ts';
import { ALWAYS_SAYS_USAGE, sentBody } from '../requests.ts';
import { describeRecorded, type Exchange, expectAll, replies, requests } from './exchanges.ts';
import { bodiesOf, dataOf, isObject, type Json, type JsonObject } from './independent.ts';
import { normalRequest } from './normal.ts';

const MODEL = 'acme/"näme"';
const streams = replies.filter(({ form }) => form === 'sse');

describeRecorded('a recorded exchange that stays in its dialect', () => {
  test(`has its request patched, and nothing but the model and the wish for usage changes: ${requests.length} requests`, () =>
    expectAll(requests, 1100, (exchange) => {
      const origin = originOf(exchange);
      const patched = dialects[exchange.dialect].patchRequest(origin, { model: MODEL, cut: [] });
      expect(JSON.parse(String(patched))).toEqual(sentBody(exchange.dialect, withUsageWanted(origin), MODEL));
    }));

  test(`has fields cut from its request, and only those: ${requests.length} requests`, () =>
    expectAll(requests, 1100, (exchange) => {
      const origin = originOf(exchange);
      const cut = Object.keys(origin.body).filter((_, at) => at % 2 === 1);
      const kept = cut.filter((name) => !['model', 'messages', 'stream', 'stream_options'].includes(name));
      const patched = dialects[exchange.dialect].patchRequest(origin, { model: MODEL, cut: kept });
      const rest = Object.entries(sentBody(exchange.dialect, withUsageWanted(origin), MODEL)).filter(
        ([name]) => !kept.includes(name),
      );
      expect(JSON.parse(String(patched))).toEqual(Object.fromEntries(rest));
    }));

  test(`has its request decoded and said again with the same meaning: ${requests.length} requests`, () =>
    expectAll(requests, 1100, (exchange) => {
      const origin = originOf(exchange);
      const dialect = dialects[exchange.dialect];
      const { bytes, losses } = dialect.encodeRequest(dialect.readRequest(origin).look(), MODEL);
      expect(losses).toEqual([]);
      const said = JSON.parse(bytes.toString()) as JsonObject;
      expect(normalRequest(exchange.dialect, said)).toEqual(
        normalRequest(exchange.dialect, { ...withUsageWanted(origin), model: MODEL }),
      );
    }));

  test(`has its reply patched, and not a byte but the model's changes: ${replies.length} replies`, () =>
    expectAll(replies, 1100, (exchange) => {
      const before = dataOf(exchange);
      const after = dataOf({ form: exchange.form, reply: patched(exchange, false) });
      expect(after).toHaveLength(before.length);
      after.forEach((data, at) => expectOnlyModelChanged(before[at] ?? '', data));
    }));

  test(`has the usage withheld that nobody asked for, and nothing else: ${streams.length} streams`, () =>
    expectAll(streams, 110, (exchange) => {
      const all = bodiesOf({ form: 'sse', reply: patched(exchange, false) });
      const some = bodiesOf({ form: 'sse', reply: patched(exchange, true) });
      const isUsageOnly = ({ choices, usage }: JsonObject): boolean =>
        Array.isArray(choices) && choices.length === 0 && isObject(usage);
      expect(some.filter(isUsageOnly)).toEqual([]);
      const others = all.filter((body) => !isUsageOnly(body)).map(withoutUsage);
      expect(some.map(withoutUsage)).toEqual(others);
    }));

  test(`has its reply decoded and said again with the same meaning: ${replies.length} replies`, () =>
    expectAll(replies, 1100, ({ dialect: id, form, reply }) => {
      const dialect = dialects[id];
      const once = decoded(dialect, form, [reply]);
      if (once.some(({ type }) => type === 'error')) return;
      expect(meaning(said(dialect, form, once))).toEqual(meaning(once));
      const otherForm = form === 'json' ? dialect.streamForm : 'json';
      expect(meaning(said(dialect, otherForm, once)).reply).toEqual(meaning(once).reply);
    }));
});

function said(dialect: Dialect, form: Wire['form'], events: readonly ReplyEvent[]): ReplyEvent[] {
  return decoded(dialect, form, [encoded(dialect, form, events)]);
}

/** A reply added up, without what may differ: the model's name, spaces in arguments, and an end that was not named. */
function meaning(events: readonly ReplyEvent[]): { readonly reply: unknown; readonly fields: unknown } {
  const reply = fold(events);
  const choices = reply.choices.map((choice) => ({
    ...choice,
    native: [],
    finish: choice.finish ?? 'stop',
    // A logarithm of -0 is written as 0.
    logprobs: choice.logprobs && (JSON.parse(JSON.stringify(choice.logprobs)) as unknown),
    blocks: choice.blocks.map((block) => ('input' in block ? { ...block, input: parsedOrText(block.input) } : block)),
  }));
  return {
    // What has no id on the wire is given one made of its bytes.
    reply: { ...reply, id: reply.id.startsWith('reply-') ? '' : reply.id, model: '', native: [], choices },
    // Fields beside our vocabulary may be said earlier or later, and in the other form otherwise, but not be lost.
    fields: [reply, ...reply.choices].map(
      ({ native }) => Object.assign({}, ...native.map(({ fields }) => fields)) as unknown,
    ),
  };
}

function parsedOrText(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function originOf({ dialect, request }: Exchange): Origin {
  const bytes = request ?? Buffer.alloc(0);
  return { dialect, bytes, body: JSON.parse(bytes.toString()) as Record<string, unknown> };
}

/** Streams of OpenAI's kind say usage only when asked. */
function withUsageWanted({ dialect, body }: Origin): JsonObject {
  const said = body as JsonObject;
  if (ALWAYS_SAYS_USAGE.has(dialect) || said['stream'] !== true) return said;
  const options = isObject(said['stream_options']) ? said['stream_options'] : {};
  return { ...said, stream_options: { ...options, include_usage: true } };
}

function patched({ dialect, form, reply }: Exchange & { form: Wire['form'] }, withholdUsage: boolean): Buffer {
  const patch = dialects[dialect].patchReply(form, { model: MODEL, withholdUsage });
  return Buffer.concat(framesOf(form, [reply]).flatMap((frame) => patch(frame) ?? []));
}

function withoutUsage(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'usage'));
}

function expectOnlyModelChanged(before: string, after: string): void {
  if (before === after) {
    expect(modelPlace(parsed(before))?.[modelField(parsed(before))]).toBeUndefined();
    return;
  }
  const was = parsed(before);
  expect(parsed(after)).toEqual(withModel(was));
  // Whatever is not shared from either end can only be the name itself.
  const model = JSON.stringify(modelPlace(was)?.[modelField(was)]);
  expect(sharedLength(before, after)).toBeGreaterThanOrEqual(before.length - model.length);
}

function sharedLength(a: string, b: string): number {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return start + end;
}

function parsed(data: string): JsonObject | undefined {
  return data === '[DONE]' ? undefined : (JSON.parse(data) as JsonObject);
}

/** Gemini says the version of the model that answered. */
function modelField(body: JsonObject | undefined): string {
  return body && 'modelVersion' in body ? 'modelVersion' : 'model';
}

/** Where a dialect says the model: at the top, in the message that a stream starts with, or in events' `response`. */
function modelPlace(body: JsonObject | undefined): JsonObject | undefined {
  if (isObject(body?.['response'])) return body['response'];
  return isObject(body?.['message']) && body['type'] === 'message_start' ? body['message'] : body;
}

function withModel(body: JsonObject | undefined): Json | undefined {
  if (!body) return undefined;
  const place = modelPlace(body);
  if (place === body) return { ...body, [modelField(body)]: MODEL };
  return { ...body, [isObject(body['response']) ? 'response' : 'message']: { ...place, model: MODEL } };
}
