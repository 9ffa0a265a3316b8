import { GatewayError } from '../model/error.ts';
import type { JsonObject } from './json-object.ts';

/** Fields that say where the rest of the conversation is. Without it another question would be asked. */
const ESSENTIAL = ['thread', 'previous_response_id', 'conversation', 'prompt'];

/** Refuses what goes on with something that only the provider of another wire keeps. Throws `request.unsupported`. */
export function refuseKept(fields: JsonObject): void {
  for (const field of ESSENTIAL) if (fields[field] !== undefined && fields[field] !== null) throw notHere(field);
}

function notHere(field: string): GatewayError {
  return new GatewayError(
    'request.unsupported',
    `\`${field}\` can’t be used with this model: its provider keeps no conversations.`,
    { param: field },
  );
}

/** Fields of OpenAI's that change the price, the record or the comfort, but not the answer. */
export const OPENAI_HINTS: readonly string[] = [
  'client_metadata',
  'include',
  'metadata',
  'moderation',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'stream_options',
  'text',
  'truncation',
  'user',
];

/** Whether a field of OpenAI's asks for nothing, as it is set. */
export function asksForNothing(field: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field === 'store' || field === 'background') return value === false;
  return field === 'truncation' && value === 'disabled';
}
