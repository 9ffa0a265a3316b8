import type { Embedder } from '../model/embedder.ts';
import type { Deadlines } from '../model/upstream.ts';

/** A question: what it asks, in its own words, and everything else that must be the same. */
export interface Question {
  readonly scope: string;
  readonly meaning: string;
  readonly text: string;
}

/** The key of an answer, and how close its question is: 1 is the same. */
export interface Likeness {
  readonly key: string;
  readonly similarity: number;
}

/** How questions are compared. */
export interface ParaphraseSettings {
  readonly threshold: number;
  readonly entriesMax: number;
  /** A comparison that takes longer finds nothing. */
  readonly embedMs: number;
}

/** What comparing needs of the world. */
export interface ParaphrasePorts {
  readonly embedder: Embedder;
  readonly deadlines: Deadlines;
}

interface Asked {
  readonly key: string;
  readonly text: string;
  vector: Float32Array | undefined;
}

/**
 * Questions that were answered, to be found by other words. Being close isn't enough, since a question with another number
 * or name is closer than the same in other words: what they mean must be equal. So those are looked up first, and only
 * what is left is compared by its vector; most questions are never embedded.
 */
export class Paraphrases {
  readonly #settings: ParaphraseSettings;
  readonly #ports: ParaphrasePorts;
  readonly #asked = new Map<string, Asked>();
  #isWarm = false;

  constructor(settings: ParaphraseSettings, ports: ParaphrasePorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** The question that asks the same, if it is close enough. An embedder that fails finds nothing. */
  async find(question: Question): Promise<Likeness | undefined> {
    const asked = this.#asked.get(placeOf(question));
    if (!asked) return undefined;
    try {
      const similarity = await this.#inTime(this.#compare(asked, question.text));
      return similarity !== undefined && similarity >= this.#settings.threshold
        ? { key: asked.key, similarity }
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** The answer to a question was kept under this key. */
  add(key: string, question: Question): void {
    if (!this.#isWarm) this.#warmUp(question.text);
    const place = placeOf(question);
    this.#asked.delete(place);
    this.#asked.set(place, { key, text: question.text, vector: undefined });
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= this.#settings.entriesMax) return;
      this.#asked.delete(oldest);
    }
  }

  /** The answer is gone. */
  delete(question: Question): void {
    this.#asked.delete(placeOf(question));
  }

  get size(): number {
    return this.#asked.size;
  }

  /** An embedder takes a while to begin, so it begins when there is a question to find, not when one is looked for. */
  #warmUp(text: string): void {
    this.#isWarm = true;
    Promise.resolve(text)
      .then(this.#ports.embedder.embed)
      .catch(() => undefined);
  }

  async #compare(asked: Asked, text: string): Promise<number> {
    const { embed } = this.#ports.embedder;
    const [one, other] = await Promise.all([asked.vector ?? embed(asked.text), embed(text)]);
    asked.vector = one;
    return product(one, other);
  }

  #inTime(work: Promise<number>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const deadline = this.#ports.deadlines(() => resolve(undefined));
      deadline.set(this.#settings.embedMs);
      work.then(resolve, reject).finally(() => deadline.clear());
    });
  }
}

/** A scope is a hash, so nothing in it is a line end. */
function placeOf({ scope, meaning }: Question): string {
  return `${scope}\n${meaning}`;
}

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
