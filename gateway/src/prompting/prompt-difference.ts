import { type Change, diffLines, diffWordsWithSpace } from 'diff';
import { rounded } from './rounded.ts';

/** What became of a piece of text. */
export interface Piece {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** How two texts differ. */
export interface Difference {
  /** From 0 to 1: twice the words they have in common, in order, by the words of both. */
  readonly similarity: number;
  readonly lines: readonly Piece[];
  /** Absent where the texts have too little in common for that to say anything. */
  readonly words: readonly Piece[] | undefined;
}

/** Comparing takes the square of what differs, so beyond this texts count as just different. */
const EDITS_MAX = 1000;

/** Compares two texts, by lines and by words. */
export function differenceOf(one: string, other: string): Difference {
  const words = diffWordsWithSpace(one, other, { maxEditLength: EDITS_MAX });
  const lines = diffLines(one, other, { maxEditLength: EDITS_MAX });
  const total = wordCount(one) + wordCount(other);
  const common = words ? wordsIn(words) : wordsAnywhere(one, other);
  return {
    similarity: total === 0 ? 1 : rounded((2 * common) / total),
    lines: lines ? lines.map(pieceOf) : replaced(one, other),
    words: words?.map(pieceOf),
  };
}

function pieceOf({ added, removed, value }: Change): Piece {
  return { change: added ? 'added' : removed ? 'removed' : 'same', text: value };
}

function replaced(one: string, other: string): readonly Piece[] {
  return [
    { change: 'removed', text: one },
    { change: 'added', text: other },
  ];
}

function wordsIn(changes: readonly Change[]): number {
  return changes.reduce((sum, { added, removed, value }) => sum + (added || removed ? 0 : wordCount(value)), 0);
}

/** Words that both have, wherever they stand. */
function wordsAnywhere(one: string, other: string): number {
  const left = new Map<string, number>();
  for (const word of wordsOf(one)) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of wordsOf(other)) {
    const count = left.get(word) ?? 0;
    if (count > 0) common += 1;
    left.set(word, count - 1);
  }
  return common;
}

function wordCount(text: string): number {
  return wordsOf(text).length;
}

/** Cut as the comparison cuts: "word," and "word" have the word in common. */
function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}
