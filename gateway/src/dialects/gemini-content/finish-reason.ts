import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { DIALECT } from './fields.ts';

/** How one answer ended. */
export type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** https://ai.google.dev/api/generate-content#FinishReason */
const MEANINGS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  other: 'OTHER',
};

/** Reads `finishReason`. The wire says STOP where the model asks for tools as well. */
export function finishOf(choice: number, reason: string, asksForTools: boolean): Finish {
  const meaning = MEANINGS[reason] ?? 'other';
  return {
    type: 'finish',
    choice,
    reason: meaning === 'stop' && asksForTools ? 'tool-calls' : meaning,
    native: { dialect: DIALECT, reason },
  };
}

/** Writes `finishReason`. */
export function reasonOut(finish: Pick<Finish, 'reason' | 'native'> | undefined): string {
  if (finish?.native?.dialect === DIALECT) return finish.native.reason;
  return WORDS[finish?.reason ?? 'stop'];
}
