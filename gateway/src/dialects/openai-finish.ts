import type { FinishReason, ReplyEvent } from '../model/reply.ts';
import type { DialectId } from '../model/request.ts';

type FinishEvent = Extract<ReplyEvent, { type: 'finish' }>;

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['content_filter', 'content-filter'],
  // Not OpenAI's own words, but heard from hosts that speak its dialect.
  ['function_call', 'tool-calls'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['end_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['', 'stop'],
]);

/** OpenAI's own words; they need no keeping. */
const OWN_WORDS = new Set(['stop', 'length', 'tool_calls', 'content_filter']);

/**
 * Says how an answer ended. A forced tool call ends with `stop` at OpenAI and with an empty word elsewhere; whoever
 * runs the tools must still learn that there are some to run.
 */
export function readFinish(word: string, dialect: DialectId, choice: number, calledTools: boolean): FinishEvent {
  const said = REASONS.get(word) ?? 'other';
  const reason = said === 'stop' && calledTools ? 'tool-calls' : said;
  if (word === '' || (reason === said && OWN_WORDS.has(word))) return { type: 'finish', choice, reason };
  return { type: 'finish', choice, reason, native: { dialect, reason: word } };
}

/** The word for an end. OpenAI has none for a pause, and says a refusal in the message. */
export function writeFinish(
  reason: FinishReason,
  native: { readonly dialect: DialectId; readonly reason: string } | undefined,
  dialect: DialectId,
): string {
  if (native?.dialect === dialect) return native.reason;
  switch (reason) {
    case 'length':
      return 'length';
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
    case 'refusal':
      return 'content_filter';
    case 'stop':
    case 'pause':
    case 'other':
      return 'stop';
  }
}
