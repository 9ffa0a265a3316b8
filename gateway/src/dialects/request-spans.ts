import { GatewayError } from '../model/error.ts';
import type { Origin } from '../model/request.ts';
import { type FieldSpan, fieldSpans } from './json-spans.ts';

/** Longest model name a request may ask for. */
export const MODEL_NAME_CHARS_MAX = 256;

/** What was looked up last. A turn reads its request and patches it in one go, so that one is nearly always the one. */
let latest: { readonly origin: Origin; readonly spans: readonly FieldSpan[] } | undefined;

/**
 * The top-level fields of a request, each of which stands once: parsers disagree on which of two equal keys counts, and
 * what is checked here must be what the provider reads. Throws `request.invalid`.
 */
export function requestSpans(origin: Origin): readonly FieldSpan[] {
  if (latest?.origin === origin) return latest.spans;
  const spans = fieldSpans(origin.bytes);
  if (!spans) throw new GatewayError('request.invalid', 'The body must be one JSON object.');
  // A parser keeps one of several equal keys, so as many keys as fields are all different.
  if (Object.keys(origin.body).length !== spans.length) refuseDoubles(spans);
  latest = { origin, spans };
  return spans;
}

function refuseDoubles(spans: readonly FieldSpan[]): void {
  const seen = new Set<string>();
  for (const { key } of spans) {
    if (seen.has(key)) throw saidTwice(key);
    seen.add(key);
  }
}

function saidTwice(key: string): GatewayError {
  const param = key.slice(0, MODEL_NAME_CHARS_MAX);
  return new GatewayError('request.invalid', `\`${param}\` stands more than once in the request.`, { param });
}
