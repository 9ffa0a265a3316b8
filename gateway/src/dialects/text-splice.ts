import type { TextEdit } from '../model/request.ts';
import { afterString, type Edit, spliced } from './json-spans.ts';

const QUOTE = 0x22;
/** A character takes at most so many bytes in JSON: `\u0000`. */
const BYTES_PER_CHAR_MAX = 6;

/**
 * Changes texts in the bytes of a request, whatever its dialect: the strings that read as the edits say, one after the
 * other. `undefined` where one isn't found. That the right ones were found is for the caller to check, by reading it.
 */
export function spliceTexts(bytes: Buffer, edits: readonly TextEdit[]): Buffer | undefined {
  const changes: Edit[] = [];
  let next = 0;
  let start = bytes.indexOf(QUOTE);
  for (let edit = edits[next]; edit !== undefined && start !== -1; edit = edits[next]) {
    const end = afterString(bytes, start);
    if (end === -1) return undefined;
    if (reads(bytes, { start, end }, edit.from)) {
      if (edit.to !== edit.from) changes.push({ start, end, text: JSON.stringify(edit.to) });
      next += 1;
    }
    start = bytes.indexOf(QUOTE, end);
  }
  return next === edits.length ? spliced(bytes, changes) : undefined;
}

function reads(bytes: Buffer, { start, end }: Omit<Edit, 'text'>, text: string): boolean {
  const length = end - start - 2;
  if (length < text.length || length > text.length * BYTES_PER_CHAR_MAX) return false;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) === text;
  } catch {
    return false;
  }
}
