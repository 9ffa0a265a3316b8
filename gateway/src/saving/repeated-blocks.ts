import type { Block } from './blocks.ts';

/** The name of this way of saving, for records. */
export const REPEATED = 'repeated-block';

/** How much of a block is said to recognise it by. */
const BEGINNING_CHARS = 40;

/**
 * For each block that is, to the letter, an earlier block of the conversation: a line that says so. Only what stands
 * before decides, so the line is the same in every later turn. No two blocks have one name, so it can't mean another.
 */
export function repeatedBlocks(blocks: readonly Block[]): ReadonlyMap<Block, string> {
  const first = new Map<string, Block>();
  const repeated = new Map<Block, string>();
  for (const block of blocks) {
    const earlier = first.get(block.text);
    if (earlier) repeated.set(block, referenceTo(earlier));
    else first.set(block.text, block);
  }
  return repeated;
}

function referenceTo({ name, text }: Block): string {
  const [line = ''] = text.trimStart().slice(0, BEGINNING_CHARS).split('\n');
  return `[The same text as ${name} above, every character, which begins: ${line}]`;
}

/** Finds the block that a reference means; gives its text. */
export function referredText(reference: string, blocks: readonly Block[]): string | undefined {
  return blocks.find((block) => referenceTo(block) === reference)?.text;
}
