import { GatewayError } from '../model/error.ts';
import type { JsonObject } from './json-object.ts';
import { LossList } from './loss-list.ts';

/** Fields of other dialects that change the price, the record or the comfort, but not the answer. */
const HINTS: ReadonlySet<string> = new Set([
  'cache_control',
  'context_management',
  'labels',
  'metadata',
  'safetySettings',
  'speed',
]);

/** A field that says where the rest of the conversation is. Without it another question would be asked. */
const ESSENTIAL = 'thread';

/** Collects what a request asks for and OpenAI's wires can't say. */
export class Losses extends LossList {
  /** Top-level fields of another dialect that nobody translated. Null asks for nothing. Throws for what can't be lost. */
  foreign(fields: JsonObject): void {
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined || value === null) continue;
      if (field === ESSENTIAL) throw notHere(field);
      if (HINTS.has(field)) this.hint(field);
      else this.parameter(field);
    }
  }
}

function notHere(field: string): GatewayError {
  return new GatewayError(
    'request.unsupported',
    `\`${field}\` can’t be used with this model: its provider keeps no conversations.`,
    {
      param: field,
    },
  );
}
