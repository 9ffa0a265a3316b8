import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { quantile } from '../../src/benching/figures.ts';
import type { HoldJob, Job, LoadJob, LoadResult } from './load-contract.ts';
import { ReplyReader } from './reply-reader.ts';

/** A process of its own, so that its work is never counted as a proxy's. Jobs come and results go by messages. */
process.on('message', (job: Job) => {
  // The bench may be gone by now; then there is nobody to tell.
  void work(job).then((result) => process.send?.(result, undefined, {}, () => {}));
});
process.once('disconnect', () => process.exit(0));

/** A server that fails so often is not worth asking again. */
const ERRORS_MAX = 20;

const held: Socket[] = [];

async function work(job: Job): Promise<LoadResult | { readonly held: number }> {
  if (job.kind === 'load') return new Load(job).run();
  if (job.kind === 'hold') return hold(job);
  for (const socket of held.splice(0)) socket.destroy();
  return { held: 0 };
}

/** Opens streams and waits until each has begun. */
async function hold({ port, request, connections }: HoldJob): Promise<{ readonly held: number }> {
  const begun = Array.from({ length: connections }, async () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    held.push(socket);
    socket.on('error', () => {});
    const reader = new ReplyReader();
    return new Promise<number>((resolve) => {
      socket.on('data', (bytes) => {
        reader.push(bytes);
        if (reader.begun) resolve(reader.status === 200 ? 1 : 0);
      });
      socket.on('close', () => resolve(0));
      socket.write(request);
    });
  });
  const open = await Promise.all(begun);
  return { held: open.reduce((sum, one) => sum + one, 0) };
}

/** A closed loop: every connection asks again as soon as it has its reply. */
class Load {
  readonly #job: LoadJob;
  readonly #request: Buffer;
  readonly #wholeMs: number[] = [];
  readonly #firstMs: number[] = [];
  readonly #startedAt = performance.now();
  #asked = 0;
  #errors = 0;
  #firstError: string | undefined;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#request = Buffer.from(job.request);
  }

  async run(): Promise<LoadResult> {
    await Promise.all(Array.from({ length: this.#job.connections }, () => this.#connection()));
    const whole = this.#wholeMs.toSorted((a, b) => a - b);
    const first = this.#firstMs.toSorted((a, b) => a - b);
    return {
      requests: whole.length,
      errors: this.#errors,
      firstError: this.#firstError,
      wallMs: performance.now() - this.#startedAt,
      p50Ms: quantile(whole, 0.5),
      p99Ms: quantile(whole, 0.99),
      first50Ms: quantile(first, 0.5),
      first99Ms: quantile(first, 0.99),
    };
  }

  /** Asks until the job is done; a server that closes between two requests is connected to again. */
  async #connection(): Promise<void> {
    while (this.#more()) {
      const failure = await new Promise<string | undefined>((resolve) => this.#asking(resolve));
      if (failure === undefined) continue;
      this.#errors += 1;
      this.#firstError ??= failure;
    }
  }

  #more(): boolean {
    if (this.#errors >= ERRORS_MAX) return false;
    if (this.#job.capMs !== undefined && performance.now() - this.#startedAt > this.#job.capMs) return false;
    return this.#asked < this.#job.requests;
  }

  #asking(resolve: (failure: string | undefined) => void): void {
    const socket = connect({ port: this.#job.port, host: '127.0.0.1', noDelay: true });
    const reader = new ReplyReader();
    let askedAt = 0;
    let waiting = false;
    const done = (failure?: string): void => {
      waiting = false;
      socket.destroy();
      resolve(failure);
    };
    const ask = (): void => {
      if (!this.#more()) return done();
      this.#asked += 1;
      waiting = true;
      reader.reset();
      askedAt = performance.now();
      socket.write(this.#request);
    };
    socket.on('connect', ask);
    socket.on('error', (error) => done(error.message));
    socket.on('close', () => done(waiting ? 'The connection closed before the reply was whole.' : undefined));
    socket.on('data', (bytes) => {
      const had = reader.begun;
      const whole = reader.push(bytes);
      const now = performance.now();
      if (!had && reader.begun) this.#firstMs.push(now - askedAt);
      if (!whole) return;
      if (reader.status !== 200) return done(`status ${reader.status}`);
      this.#wholeMs.push(now - askedAt);
      if (reader.closes) return done();
      ask();
    });
  }
}
