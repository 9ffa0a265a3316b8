import { withReplacements } from '../privacy/values.ts';
import type { Judging } from './judging.ts';

/** Most characters of one unbroken word that are held back to see its end; a key may be long. */
const WORD_CHARACTERS_MAX = 16_384;
/** Judging every token anew would cost more than it brings, so texts are judged in steps. */
const STEP = 0.25;

/**
 * Judges a text that comes in pieces. A piece leaves once so many characters behind it have been seen that whatever
 * begins in it has been seen whole; a word is never let go in halves. What has just left is judged along, so that what
 * lies across the seam is found.
 */
export class Window {
  readonly #judging: Judging;
  readonly #characters: number;
  readonly #form: 'text' | 'json';
  #left = '';
  #waiting = '';
  /** How much must wait before it is looked at again. */
  #enough: number;
  #isInString = false;

  constructor(judging: Judging, characters: number, form: 'text' | 'json') {
    this.#judging = judging;
    this.#characters = characters;
    this.#form = form;
    this.#enough = characters * (1 + STEP);
  }

  /** What may be said now. Throws `guard.blocked`. */
  push(piece: string): string {
    this.#waiting += piece;
    if (this.#waiting.length < this.#enough) return '';
    const said = this.#said(wordStart(this.#waiting, this.#waiting.length - this.#characters));
    this.#enough = Math.max(this.#characters, this.#waiting.length) * (1 + STEP);
    return said;
  }

  /** Everything that is left. */
  end(): string {
    return this.#waiting === '' ? '' : this.#said(this.#waiting.length);
  }

  #said(until: number): string {
    const from = this.#left.length;
    const removals = this.#judging
      .removals(this.#left + this.#waiting, 'output')
      .filter(({ end }) => end > from)
      .map(({ start, end, by }) => ({ start: Math.max(0, start - from), end: end - from, by }));
    // What reaches over the edge stays until it has been seen whole.
    const edge = removals.find(({ start, end }) => start < until && end > until)?.start ?? until;
    const said = this.#waiting.slice(0, edge);
    this.#left = (this.#left + said).slice(-this.#characters);
    this.#waiting = this.#waiting.slice(edge);
    return this.#without(
      said,
      removals.filter(({ end }) => end <= edge),
    );
  }

  /** A piece of JSON may begin inside a string; a quote in front of it says so. */
  #without(said: string, removals: ReturnType<Judging['removals']>): string {
    const opened = this.#form === 'json' && this.#isInString ? 1 : 0;
    const text = opened === 1 ? `"${said}` : said;
    const shifted = removals.map(({ start, end, by }) => ({ start: start + opened, end: end + opened, by }));
    if (this.#form === 'json')
      this.#isInString = (text.match(/"|\\./gs) ?? []).filter((mark) => mark === '"').length % 2 === 1;
    return shifted.length === 0 ? said : withReplacements(text, this.#form, shifted).slice(opened);
  }
}

/** What keys are made of; only they are long and can’t be judged in halves. */
const PART_OF_A_KEY = /[\w+/=.~-]/;

/** The last place at or before `at` where a word begins; `at` itself when a word is too long to wait for. */
function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && PART_OF_A_KEY.test(text.charAt(start - 1))) start -= 1;
  return start > 0 || text.length < WORD_CHARACTERS_MAX ? start : at;
}
