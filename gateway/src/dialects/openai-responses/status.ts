import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { DIALECT, type Fields, isFields, objectsOf, textOf } from './fields.ts';

type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** Kinds of items that ask the caller to run a tool. */
export const CALL_TYPES: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

const INCOMPLETE: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  max_tokens: 'length',
  content_filter: 'content-filter',
};

/**
 * Reads how a response stands. `completed` doesn't tell whether there are tools to run, so that is seen in the items.
 * https://platform.openai.com/docs/api-reference/responses/object#responses/object-status
 */
export function finishOf(response: Fields, calledTools: boolean): Finish {
  const { status, incomplete_details: details, output } = response;
  const hasCalls = calledTools || objectsOf(output).some(({ type }) => CALL_TYPES.has(type));
  const done = { type: 'finish', choice: 0, reason: hasCalls ? 'tool-calls' : 'stop' } as const;
  if (status === 'completed' || status === 'complete' || typeof status !== 'string') return done;
  if (status !== 'incomplete') {
    return { type: 'finish', choice: 0, reason: 'other', native: { dialect: DIALECT, reason: status } };
  }
  const why = (isFields(details) ? textOf(details['reason']) : undefined) ?? '';
  const reason = INCOMPLETE[why] ?? 'other';
  if (wordFor(reason) === why) return { type: 'finish', choice: 0, reason };
  return { type: 'finish', choice: 0, reason, native: { dialect: DIALECT, reason: `incomplete:${why}` } };
}

function wordFor(reason: FinishReason): string | undefined {
  if (reason === 'length') return 'max_output_tokens';
  return reason === 'content-filter' || reason === 'refusal' ? 'content_filter' : undefined;
}

/** How a response stands, in the wire's words. */
export interface Status {
  readonly status: string;
  readonly incomplete_details: Fields | null;
}

/** Writes how a response stands. */
export function statusOut(finish: Pick<Finish, 'reason' | 'native'> | undefined): Status {
  const own = finish?.native?.dialect === DIALECT ? finish.native.reason : undefined;
  if (own?.startsWith('incomplete:')) {
    const reason = own.slice('incomplete:'.length);
    return { status: 'incomplete', incomplete_details: reason === '' ? null : { reason } };
  }
  if (own !== undefined) return { status: own, incomplete_details: null };
  const reason = finish && wordFor(finish.reason);
  if (reason === undefined) return { status: 'completed', incomplete_details: null };
  return { status: 'incomplete', incomplete_details: { reason } };
}
