import { frames, type FrameLimits } from '../dialects/frames.ts';
import { isAbyss } from '../dialects/json-depth.ts';
import { understood } from '../dialects/understood.ts';
import type { Dialect, Transducer } from '../dialects/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, ReplyEvent, Wire } from '../model/reply.ts';
import type { Deadline, UpstreamBody } from '../model/upstream.ts';

/** Most bytes held back while waiting for the first output. */
const HELD_BYTES_MAX = 1024 * 1024;

/** How a provider's body is to be read. */
export interface Reading {
  readonly dialect: Dialect;
  readonly form: Wire['form'];
  readonly limits: FrameLimits;
  readonly provider: string;
  /** Takes out of an error what must not be repeated. */
  readonly repeatable: (error: GatewayError) => GatewayError;
}

/** The timers of an attempt: the first output ends one, the end of the reply all of them. */
export interface ReadingTimers {
  readonly firstOutput: Deadline | undefined;
  readonly close: () => void;
}

/** Reads a JSON body whole, since only then it is known to be a reply. Throws `upstream.bad-response` and the like. */
export async function wholeReply(
  body: UpstreamBody,
  { dialect, limits, provider, repeatable }: Reading,
): Promise<ByteReply> {
  const cutter = frames('json', limits);
  for await (const bytes of body) cutter.push(bytes);
  const glance = dialect.glanceReply('json');
  const batch = cutter.end();
  if (batch.some(isAbyss)) throw new GatewayError('upstream.bad-response', `${provider} sent an abyss of brackets.`);
  const glanced = understood(provider, () => glancedAt(batch, glance));
  for (const event of glanced) if (event.type === 'error') throw event.error;
  if (glanced.length === 0) throw new GatewayError('upstream.bad-response', `${provider} sent an empty reply.`);
  return { kind: 'bytes', wire: { dialect: dialect.id, form: 'json' }, frames: new Whole(batch), glanced, repeatable };
}

function glancedAt(batch: readonly Buffer[], glance: Transducer<Buffer, ReplyEvent>): readonly ReplyEvent[] {
  const events: ReplyEvent[] = [];
  for (const frame of batch) events.push(...glance.push(frame));
  events.push(...glance.end());
  return events;
}

/**
 * Waits for the first output, because providers say "200" before they know. The frames read so far are given back in
 * front, unchanged. Until then any failure is thrown, so that another target can be asked.
 */
export async function begunStream(body: UpstreamBody, reading: Reading, timers: ReadingTimers): Promise<ByteReply> {
  const { dialect, form, limits, provider, repeatable } = reading;
  const cutter = frames(form, limits);
  const decoder = dialect.decodeReply(form);
  const iterator = body[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let heldBytes = 0;
  const take = (batch: readonly Buffer[]): boolean => {
    held.push(...batch);
    // A frame that isn't whole yet has a limit of its own.
    for (const frame of batch) heldBytes += frame.length;
    return (
      batch.some((frame) => understood(provider, () => decoder.push(frame)).some(isOutput)) ||
      heldBytes > HELD_BYTES_MAX
    );
  };
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (take(done ? cutter.end() : cutter.push(value))) break;
      if (done) throw new GatewayError('upstream.broke', `${provider} closed the stream before it said anything.`);
    }
  } catch (thrown) {
    body.cancel();
    throw thrown;
  } finally {
    timers.firstOutput?.clear();
  }
  return {
    kind: 'bytes',
    wire: { dialect: dialect.id, form },
    frames: new Continued(held, iterator, cutter, { cancel: body.cancel, close: timers.close }),
    repeatable,
  };
}

function isOutput(event: ReplyEvent): boolean {
  if (event.type === 'error') throw event.error;
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text !== '';
    case 'block-start':
      return event.start.kind !== 'text' && event.start.kind !== 'reasoning' && event.start.kind !== 'refusal';
    case 'tool-input-delta':
    case 'finish':
      return true;
    default:
      return false;
  }
}

const OVER: IteratorResult<readonly Buffer[]> = { done: true, value: undefined };

/** A body that is there already. A generator would do, at ten times the price. */
class Whole implements AsyncIterable<readonly Buffer[]>, AsyncIterator<readonly Buffer[]> {
  #batch: readonly Buffer[];

  constructor(batch: readonly Buffer[]) {
    this.#batch = batch;
  }

  next(): Promise<IteratorResult<readonly Buffer[]>> {
    const value = this.#batch;
    this.#batch = [];
    return Promise.resolve(value.length === 0 ? OVER : { done: false, value });
  }

  return(): Promise<IteratorResult<readonly Buffer[]>> {
    this.#batch = [];
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Buffer[]> {
    return this;
  }
}

/** What is done when the frames are no longer wanted, and when they are over. */
interface After {
  readonly cancel: () => void;
  readonly close: () => void;
}

/** The held frames, then the rest as it comes. Written out, not a generator: every piece of every stream passes here. */
class Continued implements AsyncIterable<readonly Buffer[]>, AsyncIterator<readonly Buffer[]> {
  #held: readonly Buffer[] | undefined;
  #ended = false;
  readonly #iterator: AsyncIterator<Buffer>;
  readonly #cutter: Transducer<Buffer, Buffer>;
  readonly #after: After;

  constructor(
    held: readonly Buffer[],
    iterator: AsyncIterator<Buffer>,
    cutter: Transducer<Buffer, Buffer>,
    after: After,
  ) {
    this.#held = held;
    this.#iterator = iterator;
    this.#cutter = cutter;
    this.#after = after;
  }

  async next(): Promise<IteratorResult<readonly Buffer[]>> {
    if (this.#held) {
      const value = this.#held;
      this.#held = undefined;
      return { done: false, value };
    }
    try {
      while (!this.#ended) {
        const piece = await this.#iterator.next();
        this.#ended = piece.done === true;
        const value = piece.done ? this.#cutter.end() : this.#cutter.push(piece.value);
        if (value.length > 0) return { done: false, value };
      }
    } catch (thrown) {
      this.#after.close();
      throw thrown;
    }
    this.#after.close();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<readonly Buffer[]>> {
    this.#after.cancel();
    this.#after.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Buffer[]> {
    return this;
  }
}
