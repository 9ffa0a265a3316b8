import { spliced } from './json-spans.ts';

const OPEN_BRACE = Buffer.from('{');
const QUOTE = 0x22;
const SPACE = 0x20;

/**
 * Puts what a wire says in its path in front of the fields of its body, a JSON object, so that one body says all. The
 * other bytes stay. `isEmpty` tells that the object has no field of its own.
 */
export function withPathFields(bytes: Buffer, fields: Readonly<Record<string, unknown>>, isEmpty: boolean): Buffer {
  const said = JSON.stringify(fields).slice(1, -1);
  let at = bytes.indexOf(OPEN_BRACE) + 1;
  // Right before the first field, so that taking these out leaves the bytes as they came.
  while (!isEmpty && (bytes[at] ?? QUOTE) <= SPACE) at += 1;
  return spliced(bytes, [{ start: at, end: at, text: isEmpty ? said : `${said},` }]);
}
