import type { FinishReason, ReplyEvent } from '../../model/reply.ts';
import { DIALECT } from './fields.ts';

type Finish = Extract<ReplyEvent, { type: 'finish' }>;

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const MEANINGS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  compaction: 'pause',
  refusal: 'refusal',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  other: 'end_turn',
};

/** Reads `stop_reason` and `stop_sequence`. */
export function finishOf(reason: string, stopSequence: unknown): Finish {
  return {
    type: 'finish',
    choice: 0,
    reason: MEANINGS[reason] ?? 'other',
    native: { dialect: DIALECT, reason },
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
  };
}

/** Writes `stop_reason` and `stop_sequence`. */
export function stopOf(
  finish: Omit<Finish, 'type' | 'choice'> | undefined,
  refused: boolean,
): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  const stopSequence = finish?.stopSequence ?? null;
  return { stop_reason: wordOf(finish, refused), stop_sequence: stopSequence };
}

function wordOf(finish: Omit<Finish, 'type' | 'choice'> | undefined, refused: boolean): string {
  if (finish?.native?.dialect === DIALECT) return finish.native.reason;
  const reason = finish?.reason ?? 'stop';
  if (reason !== 'stop') return WORDS[reason];
  if (refused) return 'refusal';
  return finish?.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
}
