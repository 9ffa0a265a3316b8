import type { ReplyEvent } from '../model/reply.ts';
import type { Stage } from './contract.ts';

/** Answers with the caller's own `mock_response`, so that a program can be tried without a model and without cost. */
export const mockResponse: Stage = {
  name: 'mock-response',
  wants: ({ switches }) => switches.mockResponse !== undefined,
  run({ switches, ask, id }) {
    const { mockResponse: text } = switches;
    if (text === undefined) return {};
    return { answer: { kind: 'events', events: said(text, `mock-${id}`, ask.head.model) } };
  },
};

async function* said(text: string, id: string, model: string): AsyncGenerator<ReplyEvent> {
  yield { type: 'start', id, model };
  yield { type: 'block-start', choice: 0, block: 0, start: { kind: 'text' } };
  for (const piece of text.match(/\S+\s*|\s+/g) ?? []) yield { type: 'text-delta', choice: 0, block: 0, text: piece };
  yield { type: 'block-end', choice: 0, block: 0 };
  yield { type: 'finish', choice: 0, reason: 'stop' };
  yield { type: 'usage', usage: { inputTokens: 0, outputTokens: 0 } };
  yield { type: 'end' };
}
