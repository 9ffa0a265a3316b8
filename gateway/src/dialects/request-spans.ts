import { GatewayError } from '../model/error.ts';
import type { Origin } from '../model/request.ts';
import { type FieldSpan, fieldSpans } from './json-spans.ts';

/** Longest model name a request may ask for. */
export const MODEL_NAME_CHARS_MAX = 256;

const spansOfOrigin = new WeakMap<Origin, readonly FieldSpan[]>();

/**
 * The top-level fields of a request, each of which stands once: parsers disagree on which of two equal keys counts, and
 * what is checked here must be what the provider reads. Reading and patching both need them, so they are kept with the
 * request. Throws `request.invalid`.
 */
export function requestSpans(origin: Origin): readonly FieldSpan[] {
  const known = spansOfOrigin.get(origin);
  if (known) return known;
  const spans = fieldSpans(origin.bytes);
  if (!spans) throw new GatewayError('request.invalid', 'The body must be one JSON object.');
  const seen = new Set<string>();
  for (const { key } of spans) {
    if (seen.has(key)) throw saidTwice(key);
    seen.add(key);
  }
  spansOfOrigin.set(origin, spans);
  return spans;
}

function saidTwice(key: string): GatewayError {
  const param = key.slice(0, MODEL_NAME_CHARS_MAX);
  return new GatewayError('request.invalid', `\`${param}\` stands more than once in the request.`, { param });
}
