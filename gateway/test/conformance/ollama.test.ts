import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutByClose, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { chatOf, chunkText, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MODEL = 'ollama/qwen3:8b';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({ providers: { ollama: { baseUrl: new URL(openai).origin } } }),
    env: { LITELLM_MAX_RETRIES: '0' },
  });
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform({}));

const lastSent = (): ScriptedRequest => {
  const request = scene.openai.requests.at(-1);
  if (!request) throw new Error('Nothing was sent.');
  return request;
};

describe('Ollama', () => {
  test.each([MODEL, 'ollama_chat/qwen3:8b'])('is asked for %s without a key, in its own words', async (model) => {
    scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const { json } = await scene.ask(CHAT, chatOf(model, { max_tokens: 50, temperature: 0, top_p: 0.5, seed: 3 }));
    expect(json).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ message: { role: 'assistant', content: 'Hello you' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    });
    const { path, headers, json: sent } = lastSent();
    expect([path, headers['authorization']]).toEqual(['/api/chat', undefined]);
    const options = { num_predict: 50, temperature: 0, top_p: 0.5, seed: 3 };
    expect(sent).toMatchObject({ model: 'qwen3:8b', options, stream: false });
  });

  test('takes its own options from callers of other APIs, and refuses what it has no word for', async () => {
    const options = { num_ctx: 16_384, top_k: 40, min_p: 0.05, repeat_penalty: 1.1, repeat_last_n: 64 };
    const said = { ...options, keep_alive: '10m', max_tokens: 50, num_predict: null };
    for (const stream of [false, true]) {
      expect((await scene.ask(CHAT, chatOf(MODEL, { ...said, stream }))).status).toBe(200);
      expect(lastSent().json).toMatchObject({ keep_alive: '10m' });
      expect(lastSent().json['options']).toEqual({ ...options, num_predict: 50 });
      expect(Object.keys(lastSent().json)).not.toContain('num_ctx');
    }
    const asked = { model: MODEL, max_tokens: 50, top_k: 7, messages: [{ role: 'user', content: 'Hi' }] };
    expect((await scene.ask('/v1/messages', asked)).status).toBe(200);
    expect(lastSent().json['options']).toEqual({ top_k: 7, num_predict: 50 });
    for (const name of ['num_gpu', 'mirostat', 'logit_bias']) {
      const { status: code, text } = await scene.ask(
        CHAT,
        chatOf(MODEL, { [name]: name === 'logit_bias' ? { 5: 1 } : 1 }),
      );
      expect([code, text]).toEqual([400, expect.stringContaining(name)]);
    }
  });

  test('streams its lines, which the caller hears as its own events', async () => {
    scene.openai.perform(behave(reason('Let me see'), say('Hello you'), usage({ input: 11, output: 7 })));
    const asked = chatOf(MODEL, { stream: true, stream_options: { include_usage: true } });
    const { events, headers } = await scene.ask(CHAT, asked);
    expect(headers.get('content-type')).toContain('text/event-stream');
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
    const called = { function: { name: 'weather', arguments: { city: 'Zürich' } } };
    expect(lastSent().json).toMatchObject({
      messages: [{}, { tool_calls: [called] }, { role: 'tool', tool_name: 'weather', content: 'rain' }],
    });
  });

  test('says that it has no word for a tool that must be called', async () => {
    const tools = [{ type: 'function', function: { name: 'weather' } }];
    const refused = await scene.ask(CHAT, chatOf(MODEL, { tools, tool_choice: 'required' }));
    expect([refused.status, refused.json]).toMatchObject([400, { error: { param: 'tool_choice' } }]);
  });

  test('says its refusals in the caller’s words', async () => {
    for (const code of [400, 404, 429, 503]) {
      scene.openai.perform(status(code, 'Their words.'));
      const answer = await scene.ask(CHAT, chatOf(MODEL));
      expect([answer.status, answer.json]).toMatchObject([code, { error: { message: 'Their words.' } }]);
    }
  });

  test.each([
    ['that is cut', cutByClose({ event: 2 })],
    ['that ends without its end', cutCleanly({ event: 2 })],
    ['that says an error', errorFrame(3, 'Broken now.')],
  ])('a stream %s ends with an error', async (_, act) => {
    scene.openai.perform(behave(say('Hello you there'), act));
    const { events } = await scene.ask(CHAT, chatOf(MODEL, { stream: true }));
    expect(events.filter((event) => event === '[DONE]')).toEqual([]);
    expect(events.at(-1)).toMatchObject({ error: { message: expect.any(String) as string } });
  });
});
