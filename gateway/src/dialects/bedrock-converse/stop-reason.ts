import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { DIALECT, isFields, present, textOf } from './fields.ts';

/** How the answer ended. */
export type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const MEANINGS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'content_filtered',
  refusal: 'content_filtered',
  pause: 'end_turn',
  other: 'end_turn',
};

/** Reads `stopReason`. The sequence that stopped it is said only where the caller asked for the model's own field. */
export function finishOf(reason: string, additional: unknown): Finish {
  const stopSequence = isFields(additional) ? textOf(additional['stop_sequence']) : undefined;
  return {
    type: 'finish',
    choice: 0,
    reason: MEANINGS[reason] ?? 'other',
    native: { dialect: DIALECT, reason },
    ...present({ stopSequence }),
  };
}

/** Writes `stopReason`. */
export function reasonOut(finish: Pick<Finish, 'reason' | 'native' | 'stopSequence'> | undefined): string {
  if (finish?.native?.dialect === DIALECT) return finish.native.reason;
  if (finish?.stopSequence !== undefined && finish.reason === 'stop') return 'stop_sequence';
  return WORDS[finish?.reason ?? 'stop'];
}
