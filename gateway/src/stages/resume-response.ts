import type { ChatRequest } from '../model/request.ts';
import type { Caller } from '../model/turn.ts';
import type { Stage } from './contract.ts';

/** Puts the conversation that a request goes on from before what it says. What only a provider knows is left to it. */
export function resumeResponse(resumed: (request: ChatRequest, caller: Caller) => ChatRequest | undefined): Stage {
  return {
    name: 'resume-response',
    wants: ({ dialect, ask }) =>
      dialect === 'openai-responses' && typeof ask.look().extra?.fields['previous_response_id'] === 'string',
    run: ({ ask, caller }) => {
      const request = resumed(ask.look(), caller);
      return request ? { request } : {};
    },
  };
}
