import type { Embedder } from '../model/embedder.ts';

const DIMENSIONS = 512;
const GRAM_CHARACTERS_MIN = 3;
const GRAM_CHARACTERS_MAX = 5;
const WORD_WEIGHT = 2;

/** Compares texts by their words and pieces of words: any language, no model, and no memory to speak of. */
export const letters: Embedder = {
  dimensions: DIMENSIONS,
  embed: (text) => {
    const vector = new Float32Array(DIMENSIONS);
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
      add(vector, `=${word}`, WORD_WEIGHT);
      const framed = `<${word}>`;
      for (let length = GRAM_CHARACTERS_MIN; length <= GRAM_CHARACTERS_MAX; length += 1)
        for (let at = 0; at + length <= framed.length; at += 1) add(vector, framed.slice(at, at + length), 1);
    }
    return ofLengthOne(vector);
  },
  close: () => undefined,
};

/** Half of the pieces count as less than nothing, so that strangers cancel out. */
function add(vector: Float32Array, piece: string, weight: number): void {
  const hash = fnv1a(piece);
  const at = (hash >>> 1) % DIMENSIONS;
  vector[at] = (vector[at] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return hash >>> 0;
}

function ofLengthOne(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square) || 1;
  return vector.map((value) => value / length);
}
