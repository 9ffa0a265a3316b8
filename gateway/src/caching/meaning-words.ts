/** Words that say the same in every sentence. Anything that is only nearly the same is not among them. */
export const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['movie', 'film'],
  ['movies', 'films'],
  ['kid', 'child'],
  ['kids', 'children'],
  ['automobile', 'car'],
  ['automobiles', 'cars'],
  ['purchase', 'buy'],
  ['purchased', 'bought'],
  ['utilize', 'use'],
  ['utilise', 'use'],
  ['television', 'tv'],
  ['an', 'a'],
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'].map(
    (word, at) => [word, String(at)] as const,
  ),
]);

/** Words without which a sentence says the same. No article is among them: the time isn't time. */
export const IDLE: ReadonlySet<string> = new Set(['please', 'kindly', 'is', 'are', 'do', 'does']);

/** Words that a question begins with when its answer is yes or no. */
export const YES_OR_NO: ReadonlySet<string> = new Set(['is', 'are', 'do', 'does', 'am']);

/** Beginnings that say no more than that a question follows. */
export const LEADS: readonly RegExp[] = [
  /^(?:(?:can|could|would|will) you (?:please )?)?(?:tell|show) me (?=(?:what|who|whom|whose|which|when|where|why|how) )/i,
  /^do you know (?=(?:what|who|whom|whose|which|when|where|why|how) )/i,
  /^i (?:want|need|would like) to know (?=(?:what|who|whom|whose|which|when|where|why|how) )/i,
  /^i wonder (?=(?:what|who|whom|whose|which|when|where|why|how) )/i,
];

/** Beginnings that ask what something is, by another word. */
export const WHAT_IS: readonly RegExp[] = [
  /^(?:(?:can|could|would|will) you (?:please )?)?(?:tell|give) me (?=the )/i,
  /^what (?:is|are) (?=the )/i,
];

/** Beginnings that ask for a way. */
export const HOW_TO: readonly RegExp[] = [/^how (?:do|can) i /i, /^how to /i];
