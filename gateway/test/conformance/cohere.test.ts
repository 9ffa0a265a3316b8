import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutByClose, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { chatOf, chunkText, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MODEL = 'cohere/command-a-03-2025';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({ providers: { cohere: { baseUrl: new URL(openai).origin } } }),
    env: { LITELLM_MAX_RETRIES: '0', CO_API_KEY: 'CANARY-cohere-key' },
  });
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform({}));

const lastSent = (): ScriptedRequest => {
  const request = scene.openai.requests.at(-1);
  if (!request) throw new Error('Nothing was sent.');
  return request;
};

describe('Cohere', () => {
  test.each([MODEL, 'cohere_chat/command-a-03-2025', 'command-a-03-2025'])(
    'is asked for %s in its own words, and answers in the caller’s',
    async (model) => {
      scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7, cached: 4 })));
      const { json } = await scene.ask(CHAT, chatOf(model, { max_tokens: 50, temperature: 0, top_p: 0.5 }));
      expect(json).toMatchObject({
        object: 'chat.completion',
        model,
        choices: [{ message: { role: 'assistant', content: 'Hello you' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 11, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 4 } },
      });
      const { path, headers, json: sent } = lastSent();
      expect([path, headers['authorization']]).toEqual(['/v2/chat', 'Bearer CANARY-cohere-key']);
      expect(sent).toMatchObject({ model: 'command-a-03-2025', max_tokens: 50, temperature: 0, p: 0.5, stream: false });
    },
  );

  test('streams its events, which the caller hears as its own', async () => {
    scene.openai.perform(behave(reason('Let me see'), say('Hello you'), usage({ input: 11, output: 7 })));
    const asked = chatOf(MODEL, { stream: true, stream_options: { include_usage: true } });
    const { events } = await scene.ask(CHAT, asked);
    expect(chunkText(events)).toBe('Hello you');
    expect(events.at(-2)).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 7 } });
    expect(events.at(-1)).toBe('[DONE]');
    expect(lastSent().json).toMatchObject({ stream: true });
  });

  test.each([false, true])('makes a tool round trip with Anthropic’s package, streamed: %s', async (stream) => {
    const client = new Anthropic({ baseURL: scene.gateway.url, apiKey: scene.gateway.key });
    scene.openai.perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const ask = (messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> => {
      const tools = [{ name: 'weather', input_schema: { type: 'object' as const } }];
      const asked = { model: MODEL, max_tokens: 100, messages, tools };
      return stream ? client.messages.stream(asked).finalMessage() : client.messages.create(asked);
    };
    const question = { role: 'user' as const, content: 'Weather?' };
    const first = await ask([question]);
    expect(first.stop_reason).toBe('tool_use');
    const use = first.content.find((block) => block.type === 'tool_use');
    expect(use).toMatchObject({ name: 'weather', input: { city: 'Zürich' } });
    const result = { type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: 'rain' };
    const second = await ask([
      question,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]);
    expect(second.content).toMatchObject([{ type: 'text', text: 'It rains' }]);
    expect(lastSent().json).toMatchObject({
      messages: [{}, { tool_calls: [{ id: use?.id }] }, { role: 'tool', tool_call_id: use?.id, content: 'rain' }],
    });
  });

  test('says its refusals in the caller’s words', async () => {
    for (const code of [400, 404, 429, 503]) {
      scene.openai.perform(status(code, 'Their words.'));
      const answer = await scene.ask(CHAT, chatOf(MODEL));
      expect([answer.status, answer.json]).toMatchObject([code, { error: { message: 'Their words.' } }]);
    }
  });

  test.each([
    ['that is cut', cutByClose({ event: 3 })],
    ['that ends without its end', cutCleanly({ event: 3 })],
    ['that says an error', errorFrame(4, 'Broken now.')],
  ])('a stream %s ends with an error', async (_, act) => {
    scene.openai.perform(behave(say('Hello you there'), act));
    const { events } = await scene.ask(CHAT, chatOf(MODEL, { stream: true }));
    expect(events.filter((event) => event === '[DONE]')).toEqual([]);
    expect(events.at(-1)).toMatchObject({ error: { message: expect.any(String) as string } });
  });
});
