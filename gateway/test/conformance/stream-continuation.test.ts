import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, cutByReset, cutCleanly, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { byModel } from '../scripted-provider/script.ts';
import { type Answer, openScene, type Scene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    config: ({ openai, anthropic }) => ({
      models: [
        model('chat', 'openai/breaks', openai),
        model('other', 'anthropic/goes-on', anthropic),
        model('alone', 'openai/breaks', openai),
        model('hopeless', 'openai/breaks', openai),
        model('down', 'openai/down', openai),
        model('tools', 'openai/breaks-in-tool', openai),
      ],
      routing: {
        backoffMinMs: 0,
        backoffMaxMs: 0,
        fallbacks: { chat: ['other'], hopeless: ['down'], tools: ['other'] },
      },
      cache: { enabled: true },
    }),
  });
  scene.openai.perform(
    byModel({
      breaks: behave(say('One two three four.'), cutByReset({ event: 3 })),
      'breaks-in-tool': behave(call('look', { at: 'everything' }), cutByReset({ event: 3 })),
      down: status(503),
    }),
  );
  scene.anthropic.perform(behave(say('three and the rest.'), usage({ input: 30, output: 6 })));
});
afterAll(() => scene.close());

function model(name: string, target: string, apiBase: string) {
  return { name, target, key: 'sk-upstream-0123456789', apiBase, inputCostPerToken: 0.001, outputCostPerToken: 0.001 };
}

const question = (name: string, more: object = { stream_continuation: true }) => ({
  model: name,
  stream: true,
  messages: [{ role: 'user', content: 'Count.' }],
  ...more,
});

function wordsOf({ events }: Answer): string {
  return events
    .map((event) => (event as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? '')
    .join('');
}

test('another model goes on where a stream broke off, and the join is marked', async () => {
  const asked = scene.anthropic.requests.length;
  const answer = await scene.ask(
    '/v1/chat/completions',
    question('chat', { stream_continuation: true, max_tokens: 50 }),
  );
  const words = wordsOf(answer);
  expect(words).toMatch(/^One .*three and the rest\.$/);
  const before = words.slice(0, words.indexOf('three and'));
  expect(answer.text).toContain(': the answer broke off here, and anthropic/goes-on goes on\n\n');
  expect(answer.text.trimEnd().endsWith('[DONE]')).toBe(true);
  const sent = scene.anthropic.requests[asked]?.json as {
    messages: { role: string; content: unknown }[];
    max_tokens: number;
  };
  expect(sent.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(JSON.stringify(sent.messages[1]?.content)).toContain(before.trim());
  expect(sent.max_tokens).toBeLessThan(50);
});

test('callers of other wires hear one proper answer as well', async () => {
  const answer = await scene.ask('/v1/messages', { ...question('chat'), max_tokens: 50 });
  const kinds = answer.events.map((event) => (event as { type?: string }).type);
  expect(kinds.filter((kind) => kind === 'content_block_start')).toHaveLength(1);
  expect(kinds.at(-1)).toBe('message_stop');
  expect(kinds).not.toContain('error');
});

test('usage is added up, and each part costs what its model costs', async () => {
  const answer = await scene.ask(
    '/v1/chat/completions',
    question('chat', { stream_continuation: true, stream_options: { include_usage: true } }),
  );
  const last = answer.events.findLast((event) => (event as { usage?: object }).usage) as {
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  expect(last.usage.prompt_tokens).toBeGreaterThan(30);
  expect(last.usage.completion_tokens).toBeGreaterThan(6);
});

test('one whose only target broke off is gone on with by the same, and an answer of two parts is never kept', async () => {
  const { text } = await scene.ask('/v1/chat/completions', question('alone'));
  // It breaks off each time, so in the end the caller hears of it.
  expect(text.match(/broke off here/g)).toHaveLength(2);
  expect(text).toContain('"error"');
  expect(text).not.toContain('[DONE]');
  const again = await scene.ask('/v1/chat/completions', question('chat'));
  expect(again.headers.get('x-synthlang-cache')).not.toBe('hit');
});

test('without the wish, without anybody to go on, and in the middle of a tool call, it ends with the error', async () => {
  for (const body of [question('chat', {}), question('hopeless'), question('tools')]) {
    const before = scene.anthropic.requests.length;
    const { text } = await scene.ask('/v1/chat/completions', body);
    expect([text.includes('"error"'), text.includes('[DONE]')]).toEqual([true, false]);
    expect(text).not.toContain('and the rest');
    expect(scene.anthropic.requests.length).toBe(before);
  }
});

test('a stream that ends cleanly without its end mark is gone on with too', async () => {
  scene.openai.perform(behave(say('One two three four.'), cutCleanly({ event: 3 })));
  expect(wordsOf(await scene.ask('/v1/chat/completions', question('chat')))).toMatch(/the rest\.$/);
});
