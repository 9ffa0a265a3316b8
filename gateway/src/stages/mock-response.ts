import { plainReply } from '../model/plain-reply.ts';
import type { Stage } from './contract.ts';

/** Answers with the caller's own `mock_response`, so that a program can be tried without a model and without cost. */
export const mockResponse: Stage = {
  name: 'mock-response',
  wants: ({ switches }) => switches.mockResponse !== undefined,
  run({ switches, ask, id }) {
    const { mockResponse: text } = switches;
    if (text === undefined) return {};
    return { answer: plainReply(text, { id: `mock-${id}`, model: ask.head.model }) };
  },
};
