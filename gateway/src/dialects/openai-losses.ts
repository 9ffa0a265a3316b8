import { GatewayError } from '../model/error.ts';
import type { Loss } from './contract.ts';
import type { JsonObject } from './openai-json.ts';

/** Fields of other dialects that change the price, the record or the comfort, but not the answer. */
const HINTS: ReadonlySet<string> = new Set(['cache_control', 'context_management', 'metadata', 'speed']);

/** A field that says where the rest of the conversation is. Without it another question would be asked. */
const ESSENTIAL = 'thread';

/** Collects what a request asks for and the wire can't say, each thing once. */
export class Losses {
  readonly #kinds = new Map<string, Loss['kind']>();

  /** Losing it changes the price or the comfort. */
  hint(what: string): void {
    if (!this.#kinds.has(what)) this.#kinds.set(what, 'hint');
  }

  /** Losing it changes the answer. */
  parameter(what: string): void {
    this.#kinds.set(what, 'parameter');
  }

  /** Top-level fields of another dialect that nobody translated. Null asks for nothing. Throws for what can't be lost. */
  foreign(fields: JsonObject): void {
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined || value === null) continue;
      if (field === ESSENTIAL) throw notHere(field);
      if (HINTS.has(field)) this.hint(field);
      else this.parameter(field);
    }
  }

  list(): readonly Loss[] {
    return [...this.#kinds].map(([what, kind]) => ({ what, kind }));
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
