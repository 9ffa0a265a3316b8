import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isFields, textOf } from './fields.ts';
import { usageOf } from './usage.ts';

/** How the answer ended. */
export type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** https://docs.cohere.com/reference/chat */
const MEANINGS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
};

/** Reasons that are failures of the provider, and what they say where the reply itself says nothing. */
const FAILURES: Readonly<Record<string, string>> = {
  ERROR: 'The provider failed while it answered.',
  TIMEOUT: 'The provider’s model took too long.',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'COMPLETE',
  refusal: 'COMPLETE',
  pause: 'COMPLETE',
  other: 'COMPLETE',
};

/** The last events of a reply: what it used, how it ended and that it did, or why it failed. */
export function endingOf({ finish_reason: said, usage, error }: Fields): readonly ReplyEvent[] {
  const reason = textOf(said);
  const counted: readonly ReplyEvent[] = isFields(usage) ? [{ type: 'usage', usage: usageOf(usage) }] : [];
  const failure = textOf(error) || (reason === undefined ? undefined : FAILURES[reason]);
  if (failure !== undefined) return [...counted, { type: 'error', error: errorOf({ message: failure }) }];
  return [...(reason === undefined ? [] : [finishOf(reason)]), ...counted, { type: 'end' }];
}

function finishOf(reason: string): Finish {
  return { type: 'finish', choice: 0, reason: MEANINGS[reason] ?? 'other', native: { dialect: DIALECT, reason } };
}

/** Writes `finish_reason`. */
export function reasonOut(finish: Pick<Finish, 'reason' | 'native' | 'stopSequence'> | undefined): string {
  if (finish?.native?.dialect === DIALECT) return finish.native.reason;
  if (finish?.stopSequence !== undefined && finish.reason === 'stop') return 'STOP_SEQUENCE';
  return WORDS[finish?.reason ?? 'stop'];
}

/** How a failure ends a stream. */
export function failureOut(message: string): Fields {
  return { finish_reason: 'ERROR', error: message };
}
