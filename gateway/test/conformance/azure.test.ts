import { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { body as bodyAct, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { chatOf, chunkText, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: ({ openai, anthropic }) => ({
      providers: { azure: { baseUrl: new URL(openai).origin } },
      models: [
        {
          name: 'older',
          target: 'azure/our-gpt',
          key: 'CANARY-azure-key',
          baseModel: 'o3-mini',
          fields: { apiVersion: '2024-10-21' },
        },
        { name: 'newer', target: 'azure/our-gpt', key: 'CANARY-azure-key' },
        { name: 'by-token', target: 'azure/our-gpt', fields: { adToken: 'CANARY-entra-token' } },
        { name: 'by-responses', target: 'azure/responses/our-gpt', key: 'CANARY-azure-key' },
        { name: 'o-series', target: 'azure/o_series/our-gpt', key: 'CANARY-azure-key' },
        {
          name: 'o-series-older',
          target: 'azure/o_series/our-gpt',
          key: 'CANARY-azure-key',
          fields: { apiVersion: '2024-10-21' },
        },
        { name: 'priced', target: 'azure/our-gpt', key: 'CANARY-azure-key', baseModel: 'gpt-4o' },
        {
          name: 'llama',
          target: 'azure_ai/Llama-3.3-70B-Instruct',
          key: 'CANARY-azure-key',
          apiBase: `${new URL(openai).origin}/models`,
          fields: { apiVersion: '2024-05-01-preview' },
        },
        { name: 'claude', target: 'anthropic/claude-sonnet-4-5', key: 'sk-other', apiBase: anthropic },
      ],
    }),
    env: { LITELLM_MAX_RETRIES: '0' },
  });
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7 }))));

const lastSent = (): ScriptedRequest => {
  const request = scene.openai.requests.at(-1);
  if (!request) throw new Error('Nothing was sent.');
  return request;
};

describe('Azure as a provider', () => {
  test('is asked by the older API with the deployment in the path, and by the key in its own header', async () => {
    const { json } = await scene.ask(CHAT, chatOf('older', { max_tokens: 50 }));
    expect(json).toMatchObject({ model: 'older', choices: [{ message: { content: 'Hello you' } }] });
    const { path, headers, json: sent } = lastSent();
    expect(path).toBe('/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21');
    expect([headers['api-key'], headers['authorization']]).toEqual(['CANARY-azure-key', undefined]);
    // The model behind the deployment decides what may be said to it.
    expect(sent).toMatchObject({ max_completion_tokens: 50 });
  });

  test('is asked by the newer API as OpenAI is, streamed too, also for those who speak Anthropic’s', async () => {
    const { events } = await scene.ask(CHAT, chatOf('newer', { stream: true }));
    expect([chunkText(events), lastSent().path]).toEqual(['Hello you', '/openai/v1/chat/completions']);
    const { json } = await scene.ask('/v1/messages', messageOf('newer'));
    expect(json).toMatchObject({ content: [{ type: 'text', text: 'Hello you' }] });
    const responded = await scene.ask('/v1/responses', { model: 'newer', input: 'Hello' });
    expect([responded.status, lastSent().path]).toEqual([200, '/openai/v1/responses']);
  });

  test.each([false, true])('is asked by Responses where LiteLLM’s name says so, streamed: %s', async (stream) => {
    const { json, events } = await scene.ask(CHAT, chatOf('by-responses', { stream }));
    expect(stream ? chunkText(events) : json).toEqual(
      stream ? 'Hello you' : expect.objectContaining({ object: 'chat.completion', model: 'by-responses' }),
    );
    expect(lastSent().path).toBe('/openai/v1/responses');
    expect(lastSent().json).toMatchObject({ model: 'our-gpt', input: [{ role: 'user' }] });
    await scene.ask('/v1/responses', { model: 'by-responses', input: 'Hello', stream });
    expect([lastSent().path, lastSent().json['model']]).toEqual(['/openai/v1/responses', 'our-gpt']);
  });

  test('is told what a model that thinks takes where LiteLLM’s name says that it is one', async () => {
    await scene.ask(CHAT, chatOf('o-series', { max_tokens: 50 }));
    expect([lastSent().path, lastSent().json]).toMatchObject([
      '/openai/v1/chat/completions',
      { model: 'our-gpt', max_completion_tokens: 50 },
    ]);
    await scene.ask(CHAT, chatOf('o-series-older'));
    expect(lastSent().path).toBe('/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21');
    const refused = await scene.ask(CHAT, chatOf('o-series', { temperature: 0.3 }));
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('temperature')]);
    expect((await scene.ask(CHAT, chatOf('newer', { temperature: 0.3 }))).status).toBe(200);
  });

  test('takes a token of Entra ID in place of a key', async () => {
    expect((await scene.ask(CHAT, chatOf('by-token'))).status).toBe(200);
    const { headers } = lastSent();
    expect([headers['api-key'], headers['authorization']]).toEqual([undefined, 'Bearer CANARY-entra-token']);
  });

  test('costs what the model behind the deployment costs', async () => {
    const { headers } = await scene.ask(CHAT, chatOf('priced'));
    expect(Number(headers.get('x-synthlang-cost-usd'))).toBeCloseTo((11 * 2.5 + 7 * 10) / 1e6, 9);
  });

  test('says when its filter objects, and the caller hears whose fault that is', async () => {
    const error = {
      message: 'The response was filtered due to the prompt triggering Azure OpenAI’s content management policy.',
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
    };
    scene.openai.perform(behave(status(400), bodyAct(JSON.stringify({ error }))));
    const { status: code, json } = await scene.ask(CHAT, chatOf('newer'));
    expect(code).toBe(400);
    expect(json).toMatchObject({ error: { code: 'content_filter', message: error.message } });
  });

  test('has embeddings, and models of other makers', async () => {
    await scene.ask('/v1/embeddings', { model: 'older', input: 'Hello' });
    expect(lastSent().path).toBe('/openai/deployments/our-gpt/embeddings?api-version=2024-10-21');
    const { json } = await scene.ask(CHAT, chatOf('llama'));
    expect(json).toMatchObject({ choices: [{ message: { content: 'Hello you' } }] });
    expect(lastSent().path).toBe('/models/chat/completions?api-version=2024-05-01-preview');
  });
});

describe('a program made for Azure', () => {
  const client = () =>
    new AzureOpenAI({
      endpoint: scene.gateway.url,
      apiKey: scene.gateway.key,
      apiVersion: '2024-10-21',
      maxRetries: 0,
    });
  const messages = [{ role: 'user' as const, content: 'Hello' }];

  test.each(['newer', 'claude'])('asks for the model "%s" as for a deployment', async (model) => {
    scene.anthropic.perform(say('Hello you'));
    const whole = await client().chat.completions.create({ model, messages });
    expect(whole).toMatchObject({ model, choices: [{ message: { content: 'Hello you' } }] });
    let text = '';
    for await (const chunk of await client().chat.completions.create({ model, messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello you');
  });

  test('has the deployment of its client, whatever the request names', async () => {
    const deployed = new AzureOpenAI({
      endpoint: scene.gateway.url,
      apiKey: scene.gateway.key,
      apiVersion: '2024-10-21',
      deployment: 'newer',
      maxRetries: 0,
    });
    expect(await deployed.chat.completions.create({ model: 'gpt-4o', messages })).toMatchObject({ model: 'newer' });
  });

  test('asks for embeddings, gets responses and the list of models', async () => {
    // The scripted provider has no embeddings; that it is asked for them is what matters here.
    const embedded = client().embeddings.create({ model: 'newer', input: 'Hello' });
    await expect(embedded).rejects.toThrow('Nothing is at /openai/v1/embeddings');
    expect((await client().responses.create({ model: 'newer', input: 'Hello' })).output_text).toBe('Hello you');
    expect((await scene.get('/openai/v1/models')).status).toBe(200);
  });

  test('hears of mistakes in the words that it knows', async () => {
    const unknown = await scene.ask('/openai/deployments/nobody/chat/completions', chatOf('x'));
    const broken = await scene.ask('/openai/deployments/newer/chat/completions', '{');
    const nowhere = await scene.ask('/openai/nothing/here', {});
    expect([unknown.status, broken.status, nowhere.status]).toEqual([404, 400, 404]);
    expect(unknown.json).toMatchObject({ error: { message: expect.stringContaining('nobody') as string } });
    expect(broken.json).toMatchObject({ error: { type: 'invalid_request_error' } });
  });
});
