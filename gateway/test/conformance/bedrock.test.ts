import Anthropic from '@anthropic-ai/sdk';
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { call, cutByClose, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { chatOf, chunkText, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MODEL = 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const SENT_PATH = '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse';
const ACCOUNT = {
  AWS_ACCESS_KEY_ID: 'AKIDCANARY',
  AWS_SECRET_ACCESS_KEY: 'CANARY-secret-access-key',
  AWS_SESSION_TOKEN: 'CANARY-session-token',
  AWS_REGION: 'eu-west-1',
};

let scene: Scene;
const openBedrock = (env: Readonly<Record<string, string>>): Promise<Scene> =>
  openScene({
    config: ({ openai }) => ({ providers: { bedrock: { baseUrl: new URL(openai).origin } } }),
    env: { LITELLM_MAX_RETRIES: '0', ...env },
  });
beforeAll(async () => {
  scene = await openBedrock(ACCOUNT);
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform({}));

const lastSent = (): ScriptedRequest => {
  const request = scene.openai.requests.at(-1);
  if (!request) throw new Error('Nothing was sent.');
  return request;
};

describe('Bedrock', () => {
  test('is asked in its own words, and answers in the caller’s', async () => {
    scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7, cached: 4 })));
    const { json } = await scene.ask(CHAT, chatOf(MODEL, { max_tokens: 50, temperature: 0 }));
    expect(json).toMatchObject({
      object: 'chat.completion',
      model: MODEL,
      choices: [{ message: { role: 'assistant', content: 'Hello you' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(lastSent().path).toBe(SENT_PATH);
    expect(lastSent().json).toMatchObject({
      messages: [{ role: 'user', content: [{ text: expect.any(String) }] }],
      inferenceConfig: { maxTokens: 50, temperature: 0 },
    });
  });

  test('streams Amazon’s messages, which the caller hears as its own events', async () => {
    scene.openai.perform(behave(reason('Let me see'), say('Hello you'), usage({ input: 11, output: 7 })));
    const { events, headers } = await scene.ask(
      CHAT,
      chatOf(MODEL, { stream: true, stream_options: { include_usage: true } }),
    );
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(chunkText(events)).toBe('Hello you');
    expect(events.at(-2)).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 7 } });
    expect(events.at(-1)).toBe('[DONE]');
    expect(lastSent().path).toBe(`${SENT_PATH}-stream`);
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
      messages: [{}, {}, { role: 'user', content: [{ toolResult: { toolUseId: use?.id } }] }],
      toolConfig: { tools: [{ toolSpec: { name: 'weather' } }] },
    });
  });

  test('says its refusals in the caller’s words', async () => {
    for (const code of [400, 403, 404, 429, 503]) {
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
    expect(events.at(-1)).toMatchObject({ error: { message: expect.any(String) } });
  });

  test('requests are signed with the account’s keys, body and all, and no secret is sent or told', async () => {
    const { text } = await scene.ask(CHAT, chatOf(MODEL, { messages: [{ role: 'user', content: 'Grüezi' }] }));
    const { headers } = lastSent();
    expect(headers).toMatchObject({ 'x-amz-security-token': ACCOUNT.AWS_SESSION_TOKEN });
    expect(headers['authorization']).toContain(
      `Credential=AKIDCANARY/${String(headers['x-amz-date']).slice(0, 8)}/eu-west-1/bedrock/`,
    );
    expect(signatureIn(lastSent())).toBe(signatureOf(lastSent(), ACCOUNT.AWS_SECRET_ACCESS_KEY, 'eu-west-1'));
    const told = [text, JSON.stringify(headers), ...scene.gateway.stdout, ...scene.gateway.stderr].join('\n');
    expect(told).not.toContain(ACCOUNT.AWS_SECRET_ACCESS_KEY);
  });

  test('a key of its own is sent as it is', async () => {
    const other = await openBedrock({ AWS_BEARER_TOKEN_BEDROCK: 'CANARY-bedrock-key' });
    onTestFinished(() => other.close());
    expect((await other.ask(CHAT, chatOf(MODEL))).status).toBe(200);
    expect(other.openai.requests.at(-1)?.headers['authorization']).toBe('Bearer CANARY-bedrock-key');
  });
});

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function partOf(authorization: unknown, name: string): string {
  return new RegExp(`${name}=([^, ]+)`).exec(String(authorization))?.[1] ?? '';
}

function signatureIn({ headers }: ScriptedRequest): string {
  return partOf(headers['authorization'], 'Signature');
}

/** Signs anew what arrived, without any of our code. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureOf({ headers, path, body }: ScriptedRequest, secret: string, region: string): string {
  const names = partOf(headers['authorization'], 'SignedHeaders');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  // Each part of the path is encoded once more than it is sent.
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/');
  const canonical = ['POST', canonicalPath, '', signed.join(''), names, sha256(body)].join('\n');
  const at = String(headers['x-amz-date']);
  const scope = [at.slice(0, 8), region, 'bedrock', 'aws4_request'];
  const key = scope.reduce<Buffer | string>((before, word) => hmac(before, word), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n')).toString('hex');
}
