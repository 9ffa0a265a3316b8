import { ApiError, type Content, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutByClose, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, PROVIDER_KEYS, type Scene } from './scene.ts';
import { HANGING, leavingTimes, quantile } from './sdks.ts';

let scene: Scene;
let client: GoogleGenAI;
beforeAll(async () => {
  scene = await openScene({ env: { LITELLM_MAX_RETRIES: '0' } });
  client = new GoogleGenAI({ apiKey: scene.gateway.key, httpOptions: { baseUrl: scene.gateway.url } });
});
afterAll(() => scene.close());
beforeEach(() => {
  for (const provider of [scene.openai, scene.anthropic, scene.gemini]) provider.perform({});
});

const WEATHER = {
  name: 'weather',
  description: 'Tells the weather.',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const TOOLS = [{ functionDeclarations: [WEATHER] }];

describe.each([
  ['a Google provider', 'gemini-2.5-flash', (): ScriptedProvider => scene.gemini],
  ['an OpenAI provider', 'gpt-4o', (): ScriptedProvider => scene.openai],
  ['an Anthropic provider', 'anthropic/claude-3-haiku', (): ScriptedProvider => scene.anthropic],
])('@google/genai with %s', (_, model, provider) => {
  test('asks and gets an answer', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const reply = await client.models.generateContent({
      model,
      contents: 'Hello',
      config: { systemInstruction: 'Be kind.', temperature: 0, maxOutputTokens: 50 },
    });
    expect(reply.text).toBe('Hello you');
    expect(reply).toMatchObject({
      modelVersion: model,
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    });
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toContain('Be kind.');
  });

  test('streams pieces, with thoughts apart', async () => {
    provider().perform(behave(reason('Let me see'), say('Hello you'), usage({ input: 11, output: 7 })));
    const texts: string[] = [];
    const thoughts: string[] = [];
    let last: unknown;
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'Hello' })) {
      for (const { text = '', thought } of chunk.candidates?.[0]?.content?.parts ?? []) {
        if (text !== '') (thought ? thoughts : texts).push(text);
      }
      last = chunk;
    }
    expect(texts).toEqual(['Hello', ' you']);
    expect(thoughts.join('')).toBe('Let me see');
    expect(last).toMatchObject({ candidates: [{ finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 18 } });
  });

  test.each([false, true])('makes a tool round trip by hand, streamed: %s', async (stream) => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const ask = async (contents: Content[]): Promise<Content> => {
      const asked = { model, contents, config: { tools: TOOLS } };
      if (!stream) return (await client.models.generateContent(asked)).candidates?.[0]?.content ?? {};
      const parts = [];
      for await (const chunk of await client.models.generateContentStream(asked))
        parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      return { role: 'model', parts: parts.filter(({ text }) => text !== '') };
    };
    const question: Content = { role: 'user', parts: [{ text: 'Weather?' }] };
    const first = await ask([question]);
    const functionCall = first.parts?.find((part) => part.functionCall)?.functionCall;
    expect(functionCall).toMatchObject({ name: 'weather', args: { city: 'Zürich' } });
    const { id, name = '' } = functionCall ?? {};
    const result = { functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: 'rain' } } };
    const second = await ask([question, first, { role: 'user', parts: [result] }]);
    expect(second.parts?.map(({ text }) => text).join('')).toBe('It rains');
  });

  test('runs tools with its helper', async () => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const called: unknown[] = [];
    const tool = {
      tool: async () => ({ functionDeclarations: [WEATHER] }),
      callTool: async (calls: readonly { name?: string; args?: unknown; id?: string }[]) => {
        called.push(...calls.map(({ args }) => args));
        return calls.map(({ id, name = '' }) => ({
          functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: 'rain' } },
        }));
      },
    };
    const reply = await client.models.generateContent({ model, contents: 'Weather?', config: { tools: [tool] } });
    expect(reply.text).toBe('It rains');
    expect(called).toEqual([{ city: 'Zürich' }]);
  });

  test('chats on, remembering what was said', async () => {
    provider().perform(say('Hello you'));
    const chat = client.chats.create({ model });
    await chat.sendMessage({ message: 'Hello' });
    for await (const chunk of await chat.sendMessageStream({ message: 'And now?' })) expect(chunk).toBeDefined();
    await chat.sendMessage({ message: 'Bye' });
    expect(chat.getHistory(true).filter(({ role }) => role === 'user')).toHaveLength(3);
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toMatch(/Hello you.*And now\?.*Bye/s);
  });

  test('asks for an answer of a form, and for a tool by force', async () => {
    provider().perform(say('{"city":"Rome"}'));
    const schema = { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false };
    const reply = await client.models.generateContent({
      model,
      contents: 'Which?',
      config: { responseMimeType: 'application/json', responseJsonSchema: schema },
    });
    expect(JSON.parse(reply.text ?? '')).toEqual({ city: 'Rome' });
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toContain(JSON.stringify(schema));
    const mode = FunctionCallingConfigMode.ANY;
    const config = { tools: TOOLS, toolConfig: { functionCallingConfig: { mode, allowedFunctionNames: ['weather'] } } };
    await client.models.generateContent({ model, contents: 'Weather?', config });
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toMatch(
      /"tool_choice":.*weather|"allowedFunctionNames":\["weather"\]/,
    );
  });

  test('throws its own error for each refusal of a provider', async () => {
    for (const code of [400, 401, 403, 404, 429, 500]) {
      provider().perform(status(code, 'Their words.'));
      const thrown = await failureOf(client.models.generateContent({ model, contents: 'Hello' }));
      expect(thrown).toBeInstanceOf(ApiError);
      expect(thrown.status).toBe(code);
      expect(JSON.parse(thrown.message)).toMatchObject({ error: { code, message: 'Their words.' } });
    }
  });

  test('throws when a stream breaks, ends too early, or says an error', async () => {
    for (const act of [cutByClose({ event: 4 }), cutCleanly({ event: 4 }), errorFrame(4, 'Broken now.')]) {
      provider().perform(behave(say('Hello you there'), act));
      expect(await failureOf(heard(model))).toBeInstanceOf(ApiError);
    }
  });

  test('is heard by the provider when it gives a stream up', async () => {
    provider().perform(HANGING);
    const sorted = await leavingTimes(
      provider(),
      async (abortSignal) => {
        const asked = { model, contents: 'Hello', config: { abortSignal } };
        for await (const { text } of await client.models.generateContentStream(asked)) if (text) return;
      },
      20,
    );
    expect(quantile(sorted, 0.5)).toBeLessThan(50);
  });

  test('counts tokens', async () => {
    const { totalTokens } = await client.models.countTokens({ model, contents: 'Hello there, how are you today?' });
    expect(totalTokens).toBeGreaterThan(4);
    expect(totalTokens).toBeLessThan(40);
  });
});

describe('the models', () => {
  test('are listed and shown, those that the key may ask', async () => {
    const names: (string | undefined)[] = [];
    for await (const { name } of await client.models.list()) names.push(name);
    expect(names).toContain('models/gemini/gemini-2.5-flash');
    expect(names).toContain('models/anthropic/claude-sonnet-4-5');
    expect(await client.models.get({ model: 'models/gemini/gemini-2.5-flash' })).toMatchObject({
      name: 'models/gemini/gemini-2.5-flash',
      displayName: 'gemini/gemini-2.5-flash',
      inputTokenLimit: 1_048_576,
      supportedActions: expect.arrayContaining(['generateContent', 'countTokens']),
    });
  });

  test('with the key in the address too; unknown ones and wrong keys are refused in Google’s words', async () => {
    const { key } = scene.gateway;
    const headers = { authorization: null };
    expect((await scene.get(`/v1beta/models?key=${key}`, { headers })).status).toBe(200);
    const wrong = await scene.get('/v1beta/models?key=sk-wrong-key', { headers });
    expect([wrong.status, wrong.json]).toMatchObject([401, { error: { code: 401, status: 'UNAUTHENTICATED' } }]);
    const unknown = await failureOf(client.models.get({ model: 'models/gemini/nothing' }));
    expect([unknown.status, JSON.parse(unknown.message)]).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
  });
});

describe('a caller in Gemini’s words', () => {
  const path = '/v1beta/models/gemini-2.5-flash:generateContent';
  const body = '{ "contents": [ {"parts":[{"text":"Grüezi"}]} ], "labels" : {"a":"b"} }';

  test('has its bytes sent on as they are, under the gateway’s key', async () => {
    await scene.ask(path, body);
    const request = scene.gemini.requests.at(-1);
    expect(String(request?.body)).toBe(body);
    expect(request?.path).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
    expect(request?.headers).toMatchObject({ 'x-goog-api-key': PROVIDER_KEYS.gemini });
  });

  test('may write its key into the address, and nowhere is it repeated', async () => {
    const headers = { authorization: null };
    const { key } = scene.gateway;
    expect((await scene.ask(`${path}?key=${key}`, body, { headers })).status).toBe(200);
    const wrong = await scene.ask(`${path}?key=sk-wrong-key`, body, { headers });
    expect(wrong.json).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
    expect(wrong.text).not.toContain('sk-wrong-key');
    expect((await scene.ask(`${path}?key=other`, body)).status).toBe(401);
    const { stdout, stderr } = scene.gateway;
    const logged = [...stdout, ...stderr].filter((line) => line.includes('?key='));
    expect(logged).toEqual([]);
    expect(JSON.stringify(scene.gemini.requests.at(-1)?.headers)).not.toContain(key);
  });

  test.each(['gemini-2.5-flash', 'gpt-4o'])(
    'hears a stream of %s as a growing list where it asks for no events',
    async (model) => {
      const { headers, json } = await scene.ask(`/v1/models/${model}:streamGenerateContent`, body);
      expect(headers.get('content-type')).toContain('application/json');
      const pieces = json as { candidates: { content: { parts: { text: string }[] } }[] }[];
      expect(pieces.length).toBeGreaterThan(2);
      expect(pieces.map(({ candidates: [first] }) => first?.content.parts[0]?.text).join('')).toBe(
        'Hello from the scripted provider.',
      );
    },
  );

  test('hears of an error inside such a list, which is closed all the same', async () => {
    scene.gemini.perform(behave(say('Hello you there'), cutCleanly({ event: 3 })));
    const { json } = await scene.ask('/v1beta/models/gemini-2.5-flash:streamGenerateContent', body);
    expect((json as unknown[]).at(-1)).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE' } });
  });

  test.each([
    ['no JSON', '{', undefined],
    ['no contents', '{}', 'contents'],
    ['a part that is none', '{"contents":[{"parts":["Hi"]}]}', 'contents[0].parts[0]'],
    [
      'a number that is none',
      '{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"topK":"x"}}',
      'generationConfig.topK',
    ],
    ['a model in the body', '{"model":"m","contents":[]}', 'model'],
    ['the same field twice', '{"contents":[{"parts":[{"text":"Hi"}]}],"contents":[]}', 'contents'],
  ])('is refused in Google’s words for %s', async (_, text, field) => {
    const { status: code, json } = await scene.ask(path, text);
    expect(code).toBe(400);
    expect(json).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
    if (field !== undefined) expect(JSON.stringify(json)).toContain(`"field":"${field}"`);
  });

  test('is told in Google’s words what isn’t there', async () => {
    expect((await scene.ask('/v1beta/models/m:embedContent', body)).json).toMatchObject({
      error: { code: 404, status: 'NOT_FOUND' },
    });
    expect((await scene.get(path)).json).toMatchObject({ error: { code: 405 } });
    expect((await scene.ask('/v1beta/models/nobody-knows:generateContent', body)).status).toBe(404);
  });
});

async function heard(model: string): Promise<string> {
  let all = '';
  for await (const { text = '' } of await client.models.generateContentStream({ model, contents: 'Hello' }))
    all += text;
  return all;
}

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work;
  } catch (thrown) {
    return thrown as ApiError;
  }
  throw new Error('It was expected to fail, and did not.');
}
