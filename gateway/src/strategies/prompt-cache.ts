import { byMark, type Contender, type Strategy } from './contract.ts';

/** More than this share above the even one is too much load for one target. */
const LOAD_SHARE_MAX = 1.5;
/** A few requests more don't matter: where little is going on, the provider's cache is worth more than evenness. */
const LOAD_SLACK = 4;

/**
 * Asks the same target for all turns of a conversation, because a provider keeps the beginning of a prompt per key and
 * reads it again for a tenth of its price. The target is drawn by rendezvous hashing, so nothing needs to be remembered,
 * replicas agree, and when a target comes or goes only its own conversations move.
 */
export const promptCache: Strategy = {
  id: 'prompt-cache',
  says: 'The same target for each turn of a conversation, so that the provider’s prompt cache holds; the next one when that is busy.',
  order: (contenders, question) => {
    const drawn = drawnBy(question.conversation());
    const inFlight = contenders.reduce((sum, { standing }) => sum + standing.inFlight, 1);
    const most = (LOAD_SHARE_MAX * inFlight) / contenders.length + LOAD_SLACK;
    const inTurn = byMark(contenders, (contender) => -drawn(contender));
    return byMark(inTurn, ({ standing }) => Number(standing.inFlight + 1 > most));
  },
  why: ({ standing }) => `by the hash of the conversation’s beginning; ${standing.inFlight} in flight`,
};

/** The number that a target draws for a conversation: the highest one wins, the heavier the likelier. */
function drawnBy(conversation: string): (contender: Contender) => number {
  const start = hashed(conversation, OFFSET);
  return ({ id, weight }) => {
    const u = (mixed(hashed(id, start)) + 0.5) / 2 ** 32;
    return weight > 0 ? u ** (1 / weight) : 0;
  };
}

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashed(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

/** Spreads what differs in the last letters over all bits: the finish of MurmurHash3. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
