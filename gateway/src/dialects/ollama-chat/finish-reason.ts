import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { DIALECT } from './fields.ts';

/** How the answer ended. */
export type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** `load` and `unload` answer a conversation of nothing. */
const MEANINGS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  load: 'stop',
  unload: 'stop',
};

/** Reads `done_reason`. The wire says of an answer that calls tools that it stopped, as of any other. */
export function finishOf(said: string | undefined, isCalling: boolean): Finish {
  const meaning = said === undefined || said === '' ? 'stop' : (MEANINGS[said] ?? 'other');
  const reason = isCalling && meaning === 'stop' ? 'tool-calls' : meaning;
  return { type: 'finish', choice: 0, reason, ...(said ? { native: { dialect: DIALECT, reason: said } } : {}) };
}

/** Writes `done_reason`. */
export function reasonOut(finish: Pick<Finish, 'reason' | 'native'> | undefined): string {
  if (finish?.native?.dialect === DIALECT) return finish.native.reason;
  return finish?.reason === 'length' ? 'length' : 'stop';
}
