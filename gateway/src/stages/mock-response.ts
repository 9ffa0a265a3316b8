import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import { plainReply } from '../model/plain-reply.ts';
import type { Stage } from './contract.ts';

/** LiteLLM's names of failures that a program may want to see, and what they are here. */
const FAILURES: Readonly<Record<string, { readonly code: ErrorCode; readonly status: number }>> = {
  'litellm.RateLimitError': { code: 'upstream.rate-limited', status: 429 },
  'litellm.InternalServerError': { code: 'upstream.broke', status: 500 },
  'litellm.ServiceUnavailableError': { code: 'upstream.overloaded', status: 503 },
  'litellm.Timeout': { code: 'upstream.timeout', status: 408 },
  'litellm.AuthenticationError': { code: 'upstream.auth', status: 401 },
  'litellm.ContextWindowExceededError': { code: 'upstream.context-window', status: 400 },
  'litellm.ContentPolicyViolationError': { code: 'upstream.content-policy', status: 400 },
};

/** What LiteLLM's docs have for a filter that objects. */
const FILTERED = /^Exception: content_filter_policy/;

/** Answers with the caller's own `mock_response`, or fails as it says, so that a program can be tried without a model and without cost. */
export const mockResponse: Stage = {
  name: 'mock-response',
  wants: ({ switches }) => switches.mockResponse !== undefined,
  run({ switches, ask, id }) {
    const { mockResponse: text } = switches;
    if (text === undefined) return {};
    const failure = failureOf(text);
    if (failure) throw new GatewayError(failure.code, `This is a mock: ${text}.`, { status: failure.status });
    return { answer: plainReply(text, { id: `mock-${id}`, model: ask.head.model }) };
  },
};

function failureOf(text: string): (typeof FAILURES)[string] | undefined {
  if (FILTERED.test(text)) return FAILURES['litellm.ContentPolicyViolationError'];
  return Object.hasOwn(FAILURES, text) ? FAILURES[text] : undefined;
}
