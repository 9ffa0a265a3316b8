import { dialects } from '../dialects/index.ts';
import type { Dialect, Transducer } from '../dialects/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, ReplyEvent } from '../model/reply.ts';
import { failedOutcome, type Meter } from './meter.ts';
import type { Trail } from './trail.ts';
import { type Watch, Watching } from './watching.ts';

type Batch = readonly Buffer[];

const DONE: IteratorResult<Batch> = { done: true, value: undefined };

/**
 * Frames on their way to the caller, read along by the meter and the watchers. Written out, not a generator: every
 * frame of every reply passes here. An error, the provider's or a watcher's, ends the frames at that very place.
 */
export class MeteredFrames implements AsyncIterable<Batch>, AsyncIterator<Batch> {
  readonly #source: AsyncIterator<Batch>;
  readonly #meter: Meter;
  readonly #trail: Trail;
  readonly #watching: Watching;
  readonly #dialect: Dialect;
  #reader: Transducer<Buffer, ReplyEvent> | undefined;
  #stop: GatewayError | undefined;
  #over = false;

  constructor({ frames, wire, glanced }: ByteReply, watches: readonly Watch[], meter: Meter, trail: Trail) {
    this.#source = frames[Symbol.asyncIterator]();
    this.#meter = meter;
    this.#trail = trail;
    this.#watching = new Watching(watches, meter, trail);
    this.#dialect = dialects[wire.dialect];
    if (glanced && watches.length === 0) for (const event of glanced) meter.see(event);
    else
      this.#reader = watches.length === 0 ? this.#dialect.glanceReply(wire.form) : this.#dialect.decodeReply(wire.form);
  }

  async next(): Promise<IteratorResult<Batch>> {
    if (this.#over) return DONE;
    try {
      if (this.#stop) throw this.#stop;
      const result = await this.#source.next();
      if (result.done) return await this.#finish();
      this.#meter.count(result.value.length);
      const passed = this.#reader ? this.#readAlong(result.value) : result.value.length;
      return passed === result.value.length ? result : { done: false, value: result.value.slice(0, passed) };
    } catch (thrown) {
      if (this.#meter.hasEnded && !this.#stop && !this.#trail.turn.cancellation.reason) return this.#finish();
      throw await this.#fail(thrown);
    }
  }

  async return(): Promise<IteratorResult<Batch>> {
    if (this.#over) return DONE;
    this.#over = true;
    await this.#source.return?.();
    await this.#trail.close(this.#meter.outcome('cancelled'));
    return DONE;
  }

  /** The reply can't be said any further: it ends here, for this reason. */
  async throw(reason: unknown): Promise<IteratorResult<Batch>> {
    throw await this.#fail(reason);
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    return this;
  }

  async #finish(): Promise<IteratorResult<Batch>> {
    const { lacksEndMark } = this.#meter; // the reader's own end takes a finish for the end
    this.#look((reader) => reader.end());
    const wrong = this.#stop ?? this.#meter.cutShort();
    if (wrong) throw wrong;
    this.#over = true;
    await this.#trail.close(this.#meter.outcome('finished'));
    const { endMark } = this.#dialect;
    return endMark && lacksEndMark && this.#reader ? { done: false, value: [endMark] } : DONE;
  }

  async #fail(thrown: unknown): Promise<GatewayError> {
    const error = GatewayError.from(thrown);
    if (this.#over) return error;
    this.#over = true;
    await this.#source.return?.();
    await this.#trail.close(failedOutcome(this.#meter, error, this.#trail.turn.cancellation));
    return error;
  }

  /** How many of the frames may pass. */
  #readAlong(batch: Batch): number {
    for (let at = 0; at < batch.length; at += 1) {
      const frame = batch[at];
      if (frame) this.#look((reader) => reader.push(frame));
      if (this.#stop) return at;
    }
    return batch.length;
  }

  #look(read: (reader: Transducer<Buffer, ReplyEvent>) => readonly ReplyEvent[]): void {
    if (!this.#reader) return;
    try {
      for (const event of read(this.#reader)) this.#tell(event);
    } catch {
      this.#reader = undefined;
      this.#meter.goBlind();
      this.#trail.noticed('the reply could not be read along');
    }
  }

  #tell(event: ReplyEvent): void {
    this.#meter.see(event);
    if (event.type === 'error') this.#stop ??= this.#meter.error;
    this.#stop ??= this.#watching.tell(event);
  }
}
