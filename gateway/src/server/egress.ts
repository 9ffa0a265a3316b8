import type { EncodeOptions, Transducer } from '../dialects/contract.ts';
import { dialects } from '../dialects/index.ts';
import { understood } from '../dialects/understood.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, Reply, ReplyEvent, Wire } from '../model/reply.ts';

const NOTHING = Buffer.alloc(0);

/** A reply being said in the caller's own dialect and form. Pull pieces until `undefined`. */
export interface Speech {
  /** How it is announced where it streams, if not as events. */
  readonly announced?: readonly string[];
  /** The next bytes for the caller; `undefined` at the end. Throws what ended the reply. */
  readonly next: () => Promise<Buffer | undefined>;
  /** An error in the middle of the reply, as the caller's dialect says it. */
  readonly failed: (error: GatewayError) => Buffer;
  /** Nobody listens any more, or nothing more can be said because of `why`. Never throws. */
  readonly stop: (why?: GatewayError) => Promise<void>;
}

/** Says a reply. Frames that are in the caller's dialect already pass through, save for the model's name. */
export function speech(reply: Reply, wanted: Wire, options: EncodeOptions): Speech {
  const encoder = dialects[wanted.dialect].encodeReply(wanted.form, options);
  const failed = (error: GatewayError): Buffer => Buffer.concat(encoder.push({ type: 'error', error }));
  if (reply.kind === 'events') {
    const say = (event: ReplyEvent): Buffer =>
      event.type === 'notice' && wanted.form === 'sse' ? aside(event.message) : Buffer.concat(encoder.push(event));
    return spoken(reply.events, say, encoder, failed);
  }
  if (reply.wire.dialect === wanted.dialect && reply.wire.form === wanted.form) return passedOn(reply, options, failed);
  const decoder = dialects[reply.wire.dialect].decodeReply(reply.wire.form);
  const translate = (events: readonly ReplyEvent[]): Buffer =>
    Buffer.concat(events.flatMap((event) => encoder.push(event)));
  const say = (batch: readonly Buffer[], fail: (error: GatewayError) => void): Buffer => {
    const events: ReplyEvent[] = [];
    try {
      for (const frame of batch) events.push(...understood('The provider', () => decoder.push(frame)));
    } catch (thrown) {
      fail(GatewayError.from(thrown));
    }
    return translate(events);
  };
  const end = () => [translate(understood('The provider', () => decoder.end())), ...encoder.end()];
  return spoken(reply.frames, say, { end }, failed);
}

/** A comment between two events, which no program takes for a part of the answer (HTML, server-sent events). */
function aside(message: string): Buffer {
  return Buffer.from(`: ${message.replaceAll(/[\r\n]+/g, ' ')}\n\n`);
}

function passedOn({ wire, frames }: ByteReply, { model, usage }: EncodeOptions, failed: Speech['failed']): Speech {
  const patch = dialects[wire.dialect].patchReply(wire.form, { model, withholdUsage: !usage });
  const say = (batch: readonly Buffer[]): Buffer => {
    const kept: Buffer[] = [];
    for (const frame of batch) {
      const patched = patch(frame);
      if (patched) kept.push(patched);
    }
    return kept.length === 1 ? (kept[0] ?? NOTHING) : Buffer.concat(kept);
  };
  return spoken(frames, say, { end: () => [] }, failed);
}

function spoken<T>(
  source: AsyncIterable<T>,
  say: (item: T, fail: (error: GatewayError) => void) => Buffer,
  { end }: Pick<Transducer<unknown, Buffer>, 'end'>,
  failed: Speech['failed'],
): Speech {
  const iterator = source[Symbol.asyncIterator]();
  let over = false;
  let failure: GatewayError | undefined; // thrown behind what could still be said
  const fail = (error: GatewayError): void => void (failure = error);
  return {
    next: async () => {
      while (!over) {
        if (failure) throw failure;
        const { done, value } = await iterator.next();
        over = done === true;
        const bytes = done ? Buffer.concat(end()) : say(value, fail);
        if (bytes.length > 0) return bytes;
      }
      return undefined;
    },
    failed,
    stop: async (why) => {
      over = true;
      // What it was stopped for reaches the turn's record through the reply itself.
      const ending = why && iterator.throw ? iterator.throw(why) : iterator.return?.();
      await ending?.catch(() => undefined);
    },
  };
}
