import { type ChatReply, fold } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Stage } from './contract.ts';

/** What was said in one turn, as it is at this place of the line. */
export interface FinishedResponse {
  readonly turn: Turn;
  readonly request: ChatRequest;
  readonly reply: ChatReply;
  /** Unix time in milliseconds. */
  readonly askedAtMs: number;
}

/** Hands on responses that their callers didn't ask to forget. Stands behind mask-pii, as whatever keeps something. */
export function keepResponse(keep: (said: FinishedResponse) => void, nowMs: () => number): Stage {
  return {
    name: 'keep-response',
    wants: ({ dialect, operation, ask }) =>
      dialect === 'openai-responses' &&
      operation === undefined &&
      (ask.origin?.body ?? ask.look().extra?.fields)?.['store'] !== false,
    run: (turn) => {
      const request = turn.ask.look();
      const askedAtMs = nowMs();
      const seen: ReplyEvent[] = [];
      return {
        watch: (event) => {
          seen.push(event);
          return undefined;
        },
        onDone: ({ end }) => {
          if (end === 'finished' && seen.at(-1)?.type === 'end') keep({ turn, request, askedAtMs, reply: fold(seen) });
        },
      };
    },
  };
}
