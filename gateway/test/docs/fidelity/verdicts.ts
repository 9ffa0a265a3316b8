import { isDeepStrictEqual } from 'node:util';
import type { Dialect } from '../../../src/dialects/contract.ts';
import { GatewayError } from '../../../src/model/error.ts';
import type { ReplyEvent, Wire } from '../../../src/model/reply.ts';
import type { ChatRequest } from '../../../src/model/request.ts';
import { PLAIN_REPLY, type ReplyFeature } from './reply-features.ts';
import { PLAIN, type RequestFeature } from './request-features.ts';

/** What a wire does with something that is asked for. */
export type RequestVerdict = 'kept' | 'translated' | 'noticed' | 'refused' | 'not said';

/** What a wire does with something that is answered. */
export type ReplyVerdict = 'kept' | 'translated' | 'left out';

/** Writes a request that asks for one thing, looks at what the writer says of it, and reads it again. */
export function requestVerdict(dialect: Dialect, { request, base = PLAIN, said }: RequestFeature): RequestVerdict {
  const written = encoded(dialect, request);
  if (written === undefined) return 'refused';
  const { bytes, losses } = written;
  if (losses.some(({ kind }) => kind === 'parameter')) return 'refused';
  if (losses.length > 0) return 'noticed';
  const back = readAgain(dialect, bytes);
  if (back && isDeepStrictEqual(plain(said(back)), plain(said(request)))) return 'kept';
  return encoded(dialect, base)?.bytes.equals(bytes) ? 'not said' : 'translated';
}

function encoded(dialect: Dialect, request: ChatRequest): ReturnType<Dialect['encodeRequest']> | undefined {
  try {
    return dialect.encodeRequest(request, PLAIN.model);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}

/** A wire whose path says model and stream has both in its body once it has arrived. */
function readAgain(dialect: Dialect, bytes: Buffer): ChatRequest | undefined {
  try {
    const written = JSON.parse(String(bytes)) as Readonly<Record<string, unknown>>;
    const body = 'model' in written ? written : { model: PLAIN.model, stream: false, ...written };
    return dialect.readRequest({ dialect: dialect.id, bytes: Buffer.from(JSON.stringify(body)), body }).look();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}

/** How something was spelt is no part of what was said. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => (key === 'extra' ? undefined : inner));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Writes a reply that says one thing, and reads it again. */
export function replyVerdict(
  dialect: Dialect,
  form: Wire['form'],
  { events, base = PLAIN_REPLY, said }: ReplyFeature,
): ReplyVerdict {
  const frames = written(dialect, form, events);
  if (isDeepStrictEqual(said(decoded(dialect, form, frames)), said(events))) return 'kept';
  const plainFrames = Buffer.concat(written(dialect, form, base));
  return Buffer.concat(frames).equals(plainFrames) ? 'left out' : 'translated';
}

function written(dialect: Dialect, form: Wire['form'], events: readonly ReplyEvent[]): readonly Buffer[] {
  const encoder = dialect.encodeReply(form, { model: PLAIN.model, usage: true, nowSeconds: 1 });
  return [...events.flatMap((event) => encoder.push(event)), ...encoder.end()];
}

function decoded(dialect: Dialect, form: Wire['form'], frames: readonly Buffer[]): readonly ReplyEvent[] {
  const decoder = dialect.decodeReply(form);
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** Writes an error before a reply, and one inside a stream, and reads both again. */
export function errorVerdicts(dialect: Dialect): readonly [ReplyVerdict, ReplyVerdict] {
  const error = new GatewayError('upstream.overloaded', 'Too busy.');
  const before = dialect.readError(JSON.parse(String(dialect.encodeError(error, 'r-1'))));
  const inside: readonly ReplyEvent[] = [...PLAIN_REPLY.slice(0, 3), { type: 'error', error }];
  const within = decoded(dialect, dialect.streamForm, written(dialect, dialect.streamForm, inside));
  const isSaid = within.some((event) => event.type === 'error' && event.error.message.includes('Too busy.'));
  return [before.message === 'Too busy.' ? 'kept' : 'translated', isSaid ? 'kept' : 'left out'];
}
