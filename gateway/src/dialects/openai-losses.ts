import type { JsonObject } from './json-object.ts';
import { LossList } from './loss-list.ts';
import { asksForNothing, OPENAI_HINTS, refuseKept } from './openai-kept.ts';

/** Fields of other dialects that change the price, the record or the comfort, but not the answer. */
const HINTS: ReadonlySet<string> = new Set([
  'cache_control',
  'context_management',
  'labels',
  'safetySettings',
  'speed',
  ...OPENAI_HINTS,
]);

/** Collects what a request asks for and OpenAI's wires can't say. */
export class Losses extends LossList {
  /** Top-level fields of another dialect that nobody translated. Throws for what can't be lost. */
  foreign(fields: JsonObject): void {
    refuseKept(fields);
    for (const [field, value] of Object.entries(fields)) {
      if (asksForNothing(field, value)) continue;
      if (HINTS.has(field)) this.hint(field);
      else this.parameter(field);
    }
  }
}
