import type { Embedder } from '../model/embedder.ts';
import { letters } from './letters.ts';
import { sentences } from './sentences.ts';

/** Embedders by name. Each is made once, when it is first asked for. */
export class Embedders {
  #sentences: Embedder | undefined;

  /** Throws when the one that is asked for isn't installed. */
  readonly get = (kind: 'sentences' | 'letters'): Embedder => {
    if (kind === 'letters') return letters;
    this.#sentences ??= sentences();
    return this.#sentences;
  };

  async close(): Promise<void> {
    await this.#sentences?.close();
  }
}
