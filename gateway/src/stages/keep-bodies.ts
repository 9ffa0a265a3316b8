import { fold } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Stage } from './contract.ts';

/** What was said in one turn, as it is at this place of the line. */
export interface KeptBody {
  readonly turn: Turn;
  readonly request: ChatRequest;
  readonly reply: ReturnType<typeof fold> | undefined;
}

/** Hands on what was asked and answered. Stands behind mask-pii, so what is masked for the model is masked here. */
export function keepBodies(keep: (body: KeptBody) => void): Stage {
  return {
    name: 'keep-bodies',
    run: (turn) => {
      const request = turn.ask.look();
      const seen: ReplyEvent[] = [];
      return {
        watch: (event) => {
          seen.push(event);
          return undefined;
        },
        onDone: () => keep({ turn, request, reply: seen.length > 0 ? fold(seen) : undefined }),
      };
    },
  };
}
