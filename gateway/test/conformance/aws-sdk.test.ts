import {
  BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutByClose, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, type Scene } from './scene.ts';
import { HANGING } from './sdks.ts';

const OWN = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
let scene: Scene;
let client: BedrockRuntimeClient;
const clientWith = (key: string): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    endpoint: scene.gateway.url,
    region: 'eu-west-1',
    token: { token: key },
    authSchemePreference: ['httpBearerAuth'],
    // By itself it speaks HTTP/2 alone.
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({
      providers: { bedrock: { baseUrl: new URL(openai).origin, key: 'CANARY-bedrock-key' } },
    }),
    env: { LITELLM_MAX_RETRIES: '0' },
  });
  client = clientWith(scene.gateway.key);
});
afterAll(() => scene.close());
beforeEach(() => {
  for (const provider of [scene.openai, scene.anthropic]) provider.perform({});
});

const question: Message = { role: 'user', content: [{ text: 'Weather?' }] };
const toolConfig = {
  tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
};

describe.each([
  ['a Bedrock provider', OWN, (): ScriptedProvider => scene.openai],
  ['an OpenAI provider', 'openai/gpt-4o', (): ScriptedProvider => scene.openai],
  ['an Anthropic provider', 'anthropic/claude-3-haiku', (): ScriptedProvider => scene.anthropic],
])('@aws-sdk/client-bedrock-runtime with %s', (_, modelId, provider) => {
  test('asks and gets an answer', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const asked = { modelId, messages: [question], system: [{ text: 'Be kind.' }], inferenceConfig: { maxTokens: 50 } };
    expect(await client.send(new ConverseCommand(asked))).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text: 'Hello you' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
    });
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toContain('Be kind.');
  });

  test('streams pieces, with usage at the end', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const { pieces, stopReason, tokens } = await streamed({ modelId, messages: [question] });
    expect(pieces.map(({ text }) => text)).toEqual(['Hello', ' you']);
    expect([stopReason, tokens]).toEqual(['end_turn', 18]);
  });

  test.each([false, true])('makes a tool round trip, streamed: %s', async (stream) => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const ask = async (messages: Message[]): Promise<ContentBlock[]> => {
      const asked = { modelId, messages, toolConfig };
      if (stream) return (await streamed(asked)).content;
      return (await client.send(new ConverseCommand(asked))).output?.message?.content ?? [];
    };
    const first = await ask([question]);
    const toolUse = first.find((block) => block.toolUse)?.toolUse;
    expect(toolUse).toMatchObject({ name: 'weather', input: { city: 'Zürich' } });
    const toolResult = { toolUseId: toolUse?.toolUseId, content: [{ text: 'rain' }] };
    const second = await ask([
      question,
      { role: 'assistant', content: first },
      { role: 'user', content: [{ toolResult }] },
    ]);
    expect(second.map(({ text }) => text).join('')).toBe('It rains');
  });

  test.each([
    [400, 'ValidationException'],
    [404, 'ResourceNotFoundException'],
    [429, 'ThrottlingException'],
    [503, 'ServiceUnavailableException'],
  ])('a refusal with %s is a %s', async (code, name) => {
    provider().perform(status(code, 'Their words.'));
    const asked = { modelId, messages: [question] };
    for (const work of [client.send(new ConverseCommand(asked)), streamed(asked)])
      expect(await failureOf(work)).toMatchObject({ name, message: 'Their words.' });
  });

  test.each([
    ['that is cut', cutByClose({ event: 3 })],
    ['that ends without its end', cutCleanly({ event: 3 })],
    ['that says an error', errorFrame(4, 'Broken now.')],
  ])('a stream %s ends with an exception', async (_name, act) => {
    provider().perform(behave(say('Hello you there'), act));
    const failure = await failureOf(streamed({ modelId, messages: [question] }));
    expect(failure.name).toMatch(/^(modelStreamError|serviceUnavailable|internalServer)Exception$/i);
  });

  test('who leaves is heard by the provider', async () => {
    provider().perform(HANGING);
    const controller = new AbortController();
    const command = new ConverseStreamCommand({ modelId, messages: [question] });
    const { stream } = await client.send(command, { abortSignal: controller.signal });
    const leaving = (async () => {
      for await (const event of stream ?? []) if (event.contentBlockDelta) break;
    })();
    await leaving;
    controller.abort();
    expect(await provider().requests.at(-1)?.ended).toBe('aborted');
  });
});

describe('a caller in Bedrock’s words', () => {
  const path = `/model/${encodeURIComponent(OWN)}/converse`;
  const body = '{ "messages": [ {"role":"user","content":[{"text":"Grüezi"}]} ], "requestMetadata" : {"a":"b"} }';

  test('has its bytes sent on as they are, with reasoning answered as it came', async () => {
    scene.openai.perform(behave(reason('Let me see'), say('Hi')));
    const { json } = await scene.ask(path, body);
    expect(json).toMatchObject({
      output: {
        message: { content: [{ reasoningContent: { reasoningText: { text: 'Let me see' } } }, { text: 'Hi' }] },
      },
    });
    const request = scene.openai.requests.at(-1);
    expect([String(request?.body), request?.path]).toEqual([body, path]);
  });

  test('hears a stream of Amazon’s messages', async () => {
    for (const model of [OWN, 'gpt-4o']) {
      const { headers } = await scene.ask(`/model/${encodeURIComponent(model)}/converse-stream`, {
        messages: [question],
      });
      expect(headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    }
  });

  test('is told to send a key where it signs with an account of AWS', async () => {
    const signing = new BedrockRuntimeClient({
      endpoint: scene.gateway.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDCANARY', secretAccessKey: 'CANARY-secret' },
      authSchemePreference: ['sigv4'],
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    });
    const command = new ConverseCommand({ modelId: OWN, messages: [question] });
    expect(await failureOf(signing.send(command))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('AWS_BEARER_TOKEN_BEDROCK') as string,
      $metadata: { httpStatusCode: 401 },
    });
    const stranger = await failureOf(clientWith('sk-wrong-key').send(command));
    expect(stranger).toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 401 } });
  });

  test.each([
    ['no JSON', '{'],
    ['no messages', '{}'],
    ['a model in the body', '{"model":"m","messages":[]}'],
    ['the same field twice', '{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"messages":[]}'],
  ])('is refused in Amazon’s words for %s', async (_, text) => {
    const answer = await scene.ask(path, text);
    expect([answer.status, answer.json]).toMatchObject([400, { __type: 'ValidationException' }]);
  });

  test('is told in Amazon’s words what isn’t there', async () => {
    const missing = { __type: 'ResourceNotFoundException' };
    expect((await scene.ask('/model/m/invoke', body)).json).toMatchObject(missing);
    expect((await scene.ask('/model/nobody-knows/converse', body)).json).toMatchObject(missing);
    expect((await scene.get(path)).status).toBe(405);
  });
});

interface Heard {
  readonly content: ContentBlock[];
  readonly pieces: readonly { readonly text?: string | undefined }[];
  readonly stopReason: string | undefined;
  readonly tokens: number | undefined;
}

async function streamed(asked: ConverseCommandInput): Promise<Heard> {
  const pieces: { text?: string | undefined }[] = [];
  const calls: { toolUseId: string | undefined; name: string | undefined; json: string }[] = [];
  let stopReason: string | undefined;
  let tokens: number | undefined;
  const { stream } = await client.send(new ConverseStreamCommand(asked));
  for await (const { contentBlockStart, contentBlockDelta, messageStop, metadata } of stream ?? []) {
    const use = contentBlockStart?.start?.toolUse;
    const last = calls.at(-1);
    if (use) calls.push({ toolUseId: use.toolUseId, name: use.name, json: '' });
    if (contentBlockDelta?.delta?.text !== undefined) pieces.push({ text: contentBlockDelta.delta.text });
    if (last) last.json += contentBlockDelta?.delta?.toolUse?.input ?? '';
    stopReason = messageStop?.stopReason ?? stopReason;
    tokens = metadata?.usage?.totalTokens ?? tokens;
  }
  const text = pieces.map((piece) => piece.text).join('');
  const uses = calls.map(({ json, ...use }) => ({ toolUse: { ...use, input: JSON.parse(json) as object } }));
  return { content: [...(text === '' ? [] : [{ text }]), ...uses] as ContentBlock[], pieces, stopReason, tokens };
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error('It was expected to fail, and did not.');
}
