import { afterString } from './json-spans.ts';

/** A text so short can't be deep enough to hold anybody up. */
const HARMLESS_BYTES = 512 * 1024;
/** No program nests its values so deep. */
const DEPTH_MAX = 10_000;

const QUOTE = 0x22;

/**
 * Whether a JSON text is an abyss of brackets. To a parser each one costs fifty times what another byte costs, so that
 * megabytes of them stop everybody's replies for seconds. Texts within are passed over, so pictures cost nothing.
 */
export function isAbyss(bytes: Buffer): boolean {
  if (bytes.length <= HARMLESS_BYTES) return false;
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        at = afterString(bytes, at) - 1;
        if (at < 0) return false; // no text ends there, so no parser gets further
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > DEPTH_MAX) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
        break;
    }
  }
  return false;
}
