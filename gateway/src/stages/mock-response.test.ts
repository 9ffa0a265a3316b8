import { expect, test } from 'vitest';
import { ask, collect, failureOf, turn } from '../../test/support.ts';
import { look } from '../dialects/look.ts';
import { fold } from '../model/fold.ts';
import { mockResponse } from './mock-response.ts';

async function answered(text: string) {
  const step = await mockResponse.run(turn({ switches: { mockResponse: text } }));
  if (!step.answer) throw new Error('nothing was answered');
  return fold(await collect(look(step.answer)));
}

test('a turn without the switch goes on', async () => {
  expect(await mockResponse.run(turn({ ask: ask() }))).toEqual({});
});

test.each(['Hello you', '  spaces   and\nlines\n', '“ünïcode” 👋', 'one', ''])(
  '%o is said to the letter',
  async (text) => {
    const { choices, usage, model } = await answered(text);
    const [choice] = choices;
    expect(choice?.blocks.map((block) => (block.kind === 'text' ? block.text : '?')).join('')).toBe(text);
    expect([choice?.finish, model, usage]).toEqual(['stop', 'the-model', { inputTokens: 0, outputTokens: 0 }]);
  },
);

test('it is said word by word, so that streaming can be tried', async () => {
  const step = await mockResponse.run(turn({ switches: { mockResponse: 'one two three' } }));
  const events = step.answer ? await collect(look(step.answer)) : [];
  expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(3);
  expect(events.at(-1)).toEqual({ type: 'end' });
});

test.each([
  ['litellm.RateLimitError', 'upstream.rate-limited', 429],
  ['litellm.InternalServerError', 'upstream.broke', 500],
  ['litellm.ServiceUnavailableError', 'upstream.overloaded', 503],
  ['litellm.Timeout', 'upstream.timeout', 408],
  ['litellm.AuthenticationError', 'upstream.auth', 401],
  ['litellm.ContextWindowExceededError', 'upstream.context-window', 400],
  ['litellm.ContentPolicyViolationError', 'upstream.content-policy', 400],
  ['Exception: content_filter_policy violated', 'upstream.content-policy', 400],
])('%s is a failure: %s, %d', async (text, code, status) => {
  const error = await failureOf(async () => mockResponse.run(turn({ switches: { mockResponse: text } })));
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain('mock');
});

test('a text that only talks of errors is a text', async () => {
  expect((await answered('litellm.RateLimitError happened')).choices).toHaveLength(1);
  expect((await answered('constructor')).choices).toHaveLength(1);
});
