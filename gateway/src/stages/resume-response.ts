import type { ChatRequest } from '../model/request.ts';
import type { Caller } from '../model/turn.ts';
import type { Stage } from './contract.ts';

/** Puts the conversation that a request goes on from before what it says. What only a provider knows is left to it. */
export function resumeResponse(
  resumed: (request: ChatRequest, caller: Caller) => Promise<ChatRequest | undefined>,
): Stage {
  return {
    name: 'resume-response',
    wants: ({ dialect, ask }) => dialect === 'openai-responses' && goesOn(ask.look()),
    run: async ({ ask, caller }) => {
      const request = await resumed(ask.look(), caller);
      return request ? { request } : {};
    },
  };
}

function goesOn({ extra }: ChatRequest): boolean {
  const fields = extra?.fields ?? {};
  return [fields['previous_response_id'], fields['conversation']].some((id) => id !== undefined && id !== null);
}
