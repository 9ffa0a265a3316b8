import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, places } from '../../test/cuts.ts';
import { decoded, encoded, frameOf, framesOf, glanced } from '../../test/decoded.ts';
import { gist, inPieces, repliesFor } from '../../test/replies.ts';
import {
  ALWAYS_SAYS_USAGE,
  isStreamed,
  originOf,
  requestsFor,
  requestWith,
  SAYS_NO_MODEL,
  sentBody,
  settingAt,
} from '../../test/requests.ts';
import { GatewayError } from '../model/error.ts';
import { ERROR_RULES, type ErrorCode } from '../model/error-rules.ts';
import { unfold } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { Dialect } from './contract.ts';
import { dialects } from './index.ts';
import { fieldSpans } from './json-spans.ts';
import { readFrame } from './sse.ts';

const all = Object.values(dialects);
const CODES = Object.keys(ERROR_RULES) as ErrorCode[];
const MODEL = 'caller/"näme"';

describe.each(all)('$id', (dialect) => {
  const stream = dialect.streamForm;
  const forms = ['json', stream] as const;
  const replies = repliesFor(dialect.id);

  test('stands in the table under its own name', () => expect(dialects[dialect.id]).toBe(dialect));

  test.each(forms)('says a reply as %s and reads the same back, however it is cut', (form) => {
    fc.assert(
      fc.property(replies, places, (reply, at) => {
        const bytes = encoded(dialect, form, inPieces(reply));
        const read = decoded(dialect, form, cutAt(bytes, at));
        expect(gist(read)).toEqual(gist(unfold(reply)));
        expect(read.at(-1)?.type).toBe('end');
      }),
    );
  });

  test('says the same whether it streams or not', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const [whole, streamed] = forms.map((form) =>
          decoded(dialect, form, [encoded(dialect, form, inPieces(reply))]),
        );
        expect(gist(streamed ?? [])).toEqual(gist(whole ?? []));
      }),
    );
  });

  test.each(forms)('says the model that the caller asked for, and no other, as %s', (form) => {
    fc.assert(
      fc.property(replies, (reply) => {
        const read = decoded(dialect, form, [encoded(dialect, form, unfold(reply))]);
        expect(read[0]).toMatchObject({ type: 'start', model: SAYS_NO_MODEL.has(dialect.id) ? '' : 'the-model' });
      }),
    );
  });

  test.each(forms)('sees at a glance what decoding finds out about the end, as %s', (form) => {
    fc.assert(
      fc.property(replies, (reply) => {
        const bytes = encoded(dialect, form, inPieces(reply));
        const seen = glanced(dialect, form, [bytes]);
        const ends = (events: readonly ReplyEvent[]): ReplyEvent[] => events.filter((event) => isEnding(event));
        expect(ends(seen)).toEqual(ends(decoded(dialect, form, [bytes])));
        expect(gist(seen)).toMatchObject({ tokens: tokensOf(reply.usage) });
      }),
    );
  });

  test.each(forms)('changes the model in a reply and nothing that it says, as %s', (form) => {
    fc.assert(
      fc.property(replies, (reply) => {
        const bytes = encoded(dialect, form, inPieces(reply));
        const patch = dialect.patchReply(form, { model: MODEL, withholdUsage: false });
        const patched = framesOf(form, [bytes]).flatMap((frame) => patch(frame) ?? []);
        const [start, ...rest] = decoded(dialect, form, [bytes]);
        const model = SAYS_NO_MODEL.has(dialect.id) ? '' : MODEL;
        expect(decoded(dialect, form, patched)).toEqual([{ ...start, model }, ...rest]);
      }),
    );
  });

  test('withholds nothing but usage from a stream', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const bytes = encoded(dialect, stream, inPieces(reply));
        const patch = dialect.patchReply(stream, { model: 'the-model', withholdUsage: true });
        const kept = decoded(
          dialect,
          stream,
          framesOf(stream, [bytes]).flatMap((frame) => patch(frame) ?? []),
        );
        const withoutUsage = (events: readonly ReplyEvent[]): ReplyEvent[] =>
          events.filter(({ type }) => type !== 'usage');
        expect(withoutUsage(kept)).toEqual(withoutUsage(decoded(dialect, stream, [bytes])));
      }),
    );
  });

  test('says no usage in a stream when nobody asked, where the dialect can do without', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const bytes = encoded(dialect, stream, inPieces(reply), false);
        const usages = decoded(dialect, stream, [bytes]).filter(({ type }) => type === 'usage');
        if (!ALWAYS_SAYS_USAGE.has(dialect.id)) expect(usages).toEqual([]);
        expect(bytes.length).toBeLessThanOrEqual(encoded(dialect, stream, inPieces(reply)).length);
      }),
    );
  });

  test('passes a frame it cannot read on as it came', () => {
    const patch = dialect.patchReply(stream, { model: MODEL, withholdUsage: true });
    for (const text of [
      ': ping\n\n',
      'data: {"model":\n\n',
      'data: nonsense\n\n',
      'event: x\n\n',
      'data: [1]\n\n',
      'data: \n\n',
    ]) {
      expect(String(patch(Buffer.from(text)))).toBe(text);
    }
  });

  test('leaves a reply alone that names two models, since it is not sure which one is read', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const field = dialect.id === 'gemini-content' ? 'mod\\u0065lVersion' : 'mod\\u0065l';
        const twice = String(encoded(dialect, 'json', inPieces(reply))).replace('{', `{"${field}":"other",`);
        const patch = dialect.patchReply('json', { model: MODEL, withholdUsage: false });
        expect(String(patch(Buffer.from(twice)))).toBe(twice);
      }),
    );
  });

  test('never closes properly after an error', () => {
    fc.assert(
      fc.property(replies, fc.nat(), fc.constantFrom(...CODES), (reply, at, code) => {
        const events = inPieces(reply).filter(({ type }) => type !== 'end');
        const error = new GatewayError(code, 'It broke.');
        const said = [...events.slice(0, 1 + (at % events.length)), { type: 'error', error } as const];
        const bytes = encoded(dialect, stream, said);
        if (stream === 'sse') expect(closingMarks(bytes)).toEqual([]);
        const read = decoded(dialect, stream, [bytes]);
        expect(read.filter(({ type }) => type === 'end')).toEqual([]);
        expect(read.at(-1)).toMatchObject({ type: 'error', error: { message: 'It broke.' } });
      }),
    );
  });

  test('never takes a stream that was cut before it finished for one that ended', () => {
    fc.assert(
      fc.property(replies, fc.nat(), (reply, at) => {
        const frames = framesOf(stream, [encoded(dialect, stream, inPieces(reply))]);
        const finish = frames.findIndex((frame) =>
          glanced(dialect, stream, [frame]).some(({ type }) => type === 'finish'),
        );
        const cut = frames.slice(0, at % Math.max(1, finish));
        for (const read of [decoded(dialect, stream, cut), glanced(dialect, stream, cut)]) {
          expect(read.filter((event) => isEnding(event))).toEqual([]);
        }
      }),
    );
  });

  test.each(CODES)('says the error %s so that its own reader understands it', (code) => {
    const error = new GatewayError(code, 'What went wrong, in “words”.', { param: 'messages[0]' });
    const body = JSON.parse(dialect.encodeError(error, 'req-1').toString()) as unknown;
    expect(dialect.readError(body)).toMatchObject({ message: error.message });
  });

  test('reads any error body without an accident', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.constant(undefined)), (body) => {
        for (const wrapped of [body, { error: body }, { error: { message: body, type: body, code: body } }, [body]]) {
          dialect.readError(wrapped);
        }
      }),
    );
  });

  test.each(forms)('refuses bytes that are no reply as the provider’s fault, as %s', (form) => {
    for (const noise of ['<html>502</html>', '[]', 'null', '"text"', '7', '{"unfinished":']) {
      const bytes = form === 'json' ? Buffer.from(noise) : frameOf(stream, noise);
      expect(faultOf(() => decoded(dialect, form, [bytes]))).toBe('upstream.bad-response');
    }
  });
});

describe.each(all)('a request in $id', (dialect) => {
  const requests = requestsFor(dialect.id);
  const saysUsageOnlyWhenAsked = !ALWAYS_SAYS_USAGE.has(dialect.id);

  test('is patched in its bytes: model, cuts and the wish for usage, and every other field as it was written', () => {
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.boolean()), (origin, random) => {
        const cut = Object.keys(origin.body).filter((name) => name.startsWith('x_') && random.next().value === true);
        const patched = dialect.patchRequest(origin, { model: MODEL, cut }) ?? Buffer.from('null');
        const wish = saysUsageOnlyWhenAsked && origin.body['stream'] === true;
        const kept = Object.entries(sentBody(dialect.id, origin.body, MODEL)).filter(([name]) => !cut.includes(name));
        const usage = wish ? { stream_options: { include_usage: true } } : {};
        expect(JSON.parse(String(patched))).toEqual({ ...Object.fromEntries(kept), ...usage });
        const written = fieldTexts(patched);
        for (const [name, text] of fieldTexts(origin.bytes)) {
          const isSent = name in sentBody(dialect.id, origin.body, MODEL);
          if (isSent && name !== 'model' && !cut.includes(name)) expect(written.get(name)).toBe(text);
        }
      }),
    );
  });

  test('is known at its head without being decoded', () => {
    fc.assert(
      fc.property(requests, (origin) => {
        const stream = isStreamed(origin);
        expect(dialect.readRequest(origin).head).toMatchObject({ model: 'm', stream });
      }),
    );
  });

  test('keeps the fields that we have no word for when it is decoded and said again', () => {
    fc.assert(
      fc.property(requests, (origin) => {
        const { bytes, losses } = dialect.encodeRequest(dialect.readRequest(origin).look(), MODEL);
        const said = JSON.parse(String(bytes)) as Record<string, unknown>;
        expect(losses).toEqual([]);
        expect(said['model']).toBe(sentBody(dialect.id, origin.body, MODEL)['model']);
        for (const name of Object.keys(origin.body)) {
          if (name.startsWith('x_')) expect(said[name]).toEqual(origin.body[name]);
        }
      }),
    );
  });

  test('that names two models is refused or not patched, since a provider may read the other one', () => {
    const least = String(requestWith(dialect.id, {}).bytes);
    const origin = originOf(dialect.id, least.replace('{', '{"mod\\u0065l":"other",'));
    const taken = refusalOf(
      () => dialect.readRequest(origin) && dialect.patchRequest(origin, { model: MODEL, cut: [] }),
    );
    expect([undefined, ['request.invalid', 'model']]).toContainEqual(taken);
  });

  test.each([
    ['no model', { model: undefined }, 'model'],
    ['a model that is no text', { model: 7 }, 'model'],
    ['an empty model', { model: '' }, 'model'],
    ['a stream that is no switch', { stream: 'yes' }, 'stream'],
    ['a temperature that is no number', { temperature: 'hot' }, 'temperature'],
  ])('with %s is refused, and the field is named', (_, fields, param) => {
    expect(refusalOf(() => dialect.readRequest(requestWith(dialect.id, fields)).look())).toEqual([
      'request.invalid',
      settingAt(dialect.id, param),
    ]);
  });
});

describe.each(pairs(all))('from %s to %s', (_, __, from, to) => {
  test.each(['json', from.streamForm] as const)(
    'a reply keeps its words, calls, end and usage, from %s to either form',
    (form) => {
      fc.assert(
        fc.property(repliesFor(from.id, to.id), (reply) => {
          const events = decoded(from, form, [encoded(from, form, inPieces(reply))]);
          for (const target of ['json', to.streamForm] as const) {
            expect(gist(decoded(to, target, [encoded(to, target, events)]))).toEqual(gist(unfold(reply)));
          }
        }),
      );
    },
  );
});

/** Each top-level field as its text in the bytes. */
function fieldTexts(bytes: Buffer): Map<string, string> {
  const spans = fieldSpans(bytes) ?? [];
  return new Map(spans.map(({ key, valueStart, valueEnd }) => [key, bytes.toString('utf8', valueStart, valueEnd)]));
}

function refusalOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown instanceof GatewayError ? [thrown.code, thrown.details.param] : thrown;
  }
}

/** Errors are endings too. */
function isEnding({ type }: ReplyEvent): boolean {
  return type === 'finish' || type === 'error' || type === 'end';
}

function closingMarks(bytes: Buffer): string[] {
  return framesOf('sse', [bytes])
    .map((frame) => readFrame(frame)?.data ?? '')
    .filter((data) => data === '[DONE]' || (data.startsWith('{') && JSON.parse(data).type === 'message_stop'));
}

function tokensOf(usage: { inputTokens: number; outputTokens: number; cacheReadTokens?: number } | undefined): unknown {
  return [usage?.inputTokens, usage?.outputTokens, usage?.cacheReadTokens ?? 0];
}

function faultOf(act: () => readonly ReplyEvent[]): string | undefined {
  try {
    const error = act().find((event) => event.type === 'error');
    return error?.error.code;
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : String(thrown);
  }
}

function pairs(some: readonly Dialect[]): [string, string, Dialect, Dialect][] {
  return some.flatMap((from) =>
    some.filter((to) => to !== from).map((to): [string, string, Dialect, Dialect] => [from.id, to.id, from, to]),
  );
}
