import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hopHeaders, noUsage, reason, say, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { type Answer, chatOf, during, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';

let scene: Scene;
beforeAll(async () => void (scene = await openScene({ env: { LITELLM_MASTER_KEY: 'sk-master-0123456789' } })));
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

async function throughOpenai(body: unknown, path = CHAT): Promise<{ answer: Answer; seen: ScriptedRequest }> {
  const { result, requests } = await during(scene.openai, () => scene.ask(path, body));
  expect(result.status).toBe(200);
  return { answer: result, seen: requests[0] as ScriptedRequest };
}

async function throughAnthropic(body: unknown, path = CHAT): Promise<{ answer: Answer; seen: ScriptedRequest }> {
  const { result, requests } = await during(scene.anthropic, () => scene.ask(path, body));
  expect(result.status).toBe(200);
  return { answer: result, seen: requests[0] as ScriptedRequest };
}

describe('to a provider that speaks the caller’s dialect', () => {
  test('the very bytes go out, spacing, order, unknown fields and odd numbers included', async () => {
    const body = `{ "messages" : [ {"content":"Hé \\u00e9 \\/ \\ud83d\\ude00","role":"user","brand_new":[1.0,2e3]} ],
  "brand_new_field": {"deep": [true, null, 1.50]}, "seed": 12345678901234567890, "model":"gpt-4o", "temperature": 0.0 }`;
    const { seen } = await throughOpenai(body);
    expect(seen.body.toString()).toBe(body);
  });

  test('only the model’s name changes when the provider knows it by another', async () => {
    const body =
      '{"model" :"gpt-4","metadata":{"model":"gpt-4"},"messages":[{"role":"user","content":"\\"model\\":\\"gpt-4\\""}]}';
    const { seen } = await throughOpenai(body);
    expect(seen.body.toString()).toBe(body.replace('"gpt-4"', '"gpt-4-turbo"'));
  });

  test('the same holds for Anthropic', async () => {
    const body =
      '{ "max_tokens": 10, "model":"claude-3-haiku", "new_thing": [1.0], "system":[{"type":"text","text":"Be kind","cache_control":{"type":"ephemeral"}}], "messages":[{"role":"user","content":"Hi"}]}';
    const { seen } = await throughAnthropic(body, '/v1/messages');
    expect(seen.body.toString()).toBe(body);
  });

  test('a stream asks for usage and changes nothing else', async () => {
    const { seen } = await throughOpenai(
      chatOf('gpt-4o', { stream: true, stream_options: { include_obfuscation: false } }),
    );
    expect(seen.json).toEqual(
      chatOf('gpt-4o', { stream: true, stream_options: { include_obfuscation: false, include_usage: true } }),
    );
  });

  test.each([0, 0.7, 2])('a temperature of %d stays that', async (temperature) => {
    const { seen } = await throughOpenai(chatOf('gpt-4o', { temperature }));
    expect(seen.json['temperature']).toBe(temperature);
  });

  test('nothing is added that the caller didn’t say', async () => {
    const { seen } = await throughOpenai(chatOf('gpt-4o'));
    expect(seen.json).toEqual(chatOf('gpt-4o'));
  });

  test('a system and a user message both arrive unchanged', async () => {
    const messages = [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: 'Hello' },
    ];
    expect((await throughOpenai({ model: 'gpt-4o', messages })).seen.json['messages']).toEqual(messages);
  });
});

test('our own switches never reach a provider, of either dialect', async () => {
  const switches = {
    fallbacks: ['gpt-5'],
    disable_fallbacks: true,
    num_retries: 1,
    timeout: 30,
    tags: ['a'],
    drop_params: true,
    use_gzip: false,
  };
  expect((await throughOpenai(chatOf('gpt-4o', switches))).seen.json).toEqual(chatOf('gpt-4o'));
  const viaAnthropic = await throughAnthropic(chatOf('claude-3-haiku', { max_tokens: 9, ...switches }));
  for (const name of Object.keys(switches)) expect(viaAnthropic.seen.json).not.toHaveProperty(name);
  const own = await throughAnthropic(messageOf('claude-3-haiku', switches), '/v1/messages');
  expect(own.seen.json).toEqual(messageOf('claude-3-haiku'));
  const headers = { 'x-synthlang-num-retries': '1', 'x-synthlang-tags': 'a', 'x-use-gzip': '0' };
  await scene.ask(CHAT, chatOf('gpt-4o'), { headers });
  expect(Object.keys(scene.openai.requests.at(-1)?.headers ?? {}).join()).not.toMatch(/synthlang|gzip/);
});

test('a mock_response is answered without asking anybody, plain and streamed', async () => {
  for (const stream of [false, true]) {
    const { result, requests } = await during(scene.openai, () =>
      scene.ask(CHAT, chatOf('gpt-4o', { mock_response: 'Just testing', stream })),
    );
    expect(result.text).toContain(stream ? 'testing' : 'Just testing');
    expect(requests).toEqual([]);
  }
});

test('gzip can’t help a model, and a header says so', async () => {
  const { answer } = await throughOpenai(chatOf('gpt-4o', { use_gzip: true }));
  expect(answer.headers.get('x-synthlang-warning')).toMatch(/use_gzip/);
  const byHeader = await scene.ask(CHAT, chatOf('gpt-4o'), { headers: { 'x-use-gzip': '1' } });
  expect(byHeader.headers.get('x-synthlang-warning')).toMatch(/use_gzip/);
});

describe('a parameter that the target lacks', () => {
  test.each([
    ['logit_bias', { 50256: -100 }],
    ['n', 2],
    ['logprobs', true],
    ['presence_penalty', 1],
    ['frequency_penalty', 1],
    ['seed', 7],
  ])('is an error that names it: %s at Anthropic', async (name, value) => {
    const body = chatOf('claude-3-haiku', { max_tokens: 9, [name]: value });
    const { result, requests } = await during(scene.anthropic, () => scene.ask(CHAT, body));
    expect(result.status).toBe(400);
    expect(result.json).toMatchObject({
      error: {
        type: 'invalid_request_error',
        param: name,
        code: 'request.unsupported',
        message: expect.stringContaining(name),
      },
    });
    expect(requests).toEqual([]);
  });

  test('is dropped with a notice when the caller allows it', async () => {
    const { answer, seen } = await throughAnthropic(
      chatOf('claude-3-haiku', { max_tokens: 9, logit_bias: { 50256: -100 }, drop_params: true }),
    );
    expect(seen.json).not.toHaveProperty('logit_bias');
    expect(answer.headers.get('x-synthlang-warning')).toMatch(/logit_bias/);
  });
});

describe('parameters that a request names', () => {
  test('additional_drop_params are dropped with a notice, by name and by path', async () => {
    const body = chatOf('gpt-4o', { seed: 7, user: 'u', additional_drop_params: ['seed', 'messages[0].name'] });
    const { answer, seen } = await throughOpenai(body);
    expect(seen.json).toEqual(chatOf('gpt-4o', { user: 'u' }));
    expect(answer.headers.get('x-synthlang-warning')).toMatch(/dropped seed/);
  });

  test('allowed_openai_params reach a provider that lacks them', async () => {
    const body = chatOf('claude-3-haiku', { max_tokens: 9, seed: 7, allowed_openai_params: ['seed'] });
    const { answer, seen } = await throughAnthropic(body);
    expect(answer.status).toBe(200);
    expect(seen.json).toMatchObject({ seed: 7 });
    expect(seen.json).not.toHaveProperty('allowed_openai_params');
  });

  test('drop_params may be a text, as LiteLLM’s callers write it', async () => {
    const { answer } = await throughAnthropic(chatOf('claude-3-haiku', { max_tokens: 9, n: 2, drop_params: 'true' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-synthlang-warning')).toMatch(/dropped n/);
  });

  test('what a model is documented not to take is an error; what it calls otherwise is renamed', async () => {
    const refused = await scene.ask(CHAT, chatOf('gpt-5', { temperature: 0.2 }));
    expect(refused).toMatchObject({
      status: 400,
      json: { error: { param: 'temperature', code: 'request.unsupported' } },
    });
    const { seen } = await throughOpenai(chatOf('gpt-5', { max_tokens: 50 }));
    expect(seen.json).toEqual(chatOf('gpt-5', { max_completion_tokens: 50 }));
  });
});

describe('usage', () => {
  const NUMBERS = { input: 11, output: 7, cached: 3 };

  test('is in a plain reply as the provider said it', async () => {
    scene.openai.perform(usage(NUMBERS));
    const { answer } = await throughOpenai(chatOf('gpt-4o'));
    expect(answer.json).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } });
  });

  test('is a chunk of its own in a stream that asked for it', async () => {
    scene.openai.perform(usage(NUMBERS));
    const { answer } = await throughOpenai(chatOf('gpt-4o', { stream: true, stream_options: { include_usage: true } }));
    expect(answer.events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } });
    expect(answer.events.at(-1)).toBe('[DONE]');
  });

  test.each([
    ['the same dialect', 'gpt-4o'],
    ['another dialect', 'claude-3-haiku'],
  ])('is not, in one that didn’t, although the provider is always asked: %s', async (_, model) => {
    const { answer } =
      model === 'gpt-4o' ? await throughOpenai(streamed(model)) : await throughAnthropic(streamed(model));
    const chunks = answer.events.slice(0, -1) as { choices: unknown[]; usage?: unknown }[];
    expect(chunks.every(({ choices }) => choices.length > 0)).toBe(true);
    expect(chunks.some((chunk) => chunk.usage)).toBe(false);
    expect(answer.events.at(-1)).toBe('[DONE]');
  });

  test('of another dialect is translated, cached tokens included', async () => {
    scene.anthropic.perform(usage({ input: 8, output: 7, cached: 3 }));
    const plain = await throughAnthropic(chatOf('claude-3-haiku', { max_tokens: 9 }));
    const wanted = {
      prompt_tokens: 11,
      completion_tokens: 7,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 3 },
    };
    expect(plain.answer.json).toMatchObject({ usage: wanted });
    const body = { ...streamed('claude-3-haiku'), stream_options: { include_usage: true } };
    const { answer } = await throughAnthropic(body);
    expect(answer.events.at(-2)).toMatchObject({ choices: [], usage: wanted });
  });

  test('is not made up when the provider says none', async () => {
    scene.openai.perform(noUsage());
    const { answer } = await throughOpenai(chatOf('gpt-4o'));
    expect(answer.json).not.toHaveProperty('usage');
  });
});

function streamed(model: string): Record<string, unknown> {
  return chatOf(model, { stream: true, max_tokens: 20 });
}

test('several choices arrive, plain and streamed', async () => {
  const plain = await throughOpenai(chatOf('gpt-4o', { n: 3 }));
  expect((plain.answer.json as { choices: { index: number }[] }).choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  const { answer } = await throughOpenai(chatOf('gpt-4o', { n: 3, stream: true }));
  const chunks = answer.events.slice(0, -1) as { choices: { index: number; finish_reason: string | null }[] }[];
  const finished = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.finish_reason === 'stop'));
  expect(new Set(finished.map(({ index }) => index))).toEqual(new Set([0, 1, 2]));
});

test('log probabilities, refusals and thoughts survive', async () => {
  const choice = {
    index: 0,
    message: { role: 'assistant', content: 'Hi', refusal: null, reasoning_content: 'Hm', annotations: [] },
    logprobs: { content: [{ token: 'Hi', logprob: -0.01, bytes: [72, 105], top_logprobs: [] }], refusal: null },
    finish_reason: 'stop',
  };
  const reply = { id: 'x', object: 'chat.completion', created: 1, model: 'gpt-4o', choices: [choice], novelty: 1 };
  scene.openai.perform({ body: JSON.stringify(reply) });
  const { answer, seen } = await throughOpenai(chatOf('gpt-4o', { logprobs: true, top_logprobs: 2 }));
  expect(seen.json).toMatchObject({ logprobs: true, top_logprobs: 2 });
  expect(answer.json).toEqual(reply);
  scene.openai.perform(behave(reason('Let me think'), say('Hi')));
  expect((await throughOpenai(streamed('gpt-4o'))).answer.text).toContain('Let me think');
});

test('the reply’s headers say who answered and what it cost in time, and nothing of the provider’s leaks', async () => {
  for (const stream of [false, true]) {
    scene.openai.perform(hopHeaders());
    const { answer } = await throughOpenai(chatOf('gpt-4o', { stream }));
    const { headers } = answer;
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-synthlang-provider': 'openai',
      'x-synthlang-model': 'gpt-4o',
      'x-synthlang-attempts': '1',
      'x-synthlang-fallbacks': '0',
      'x-synthlang-overhead-ms': expect.stringMatching(/^\d+\.\d\d$/),
    });
    for (const name of ['set-cookie', 'server', 'x-hop', 'trailer', 'proxy-authenticate', 'upgrade'])
      expect(headers.get(name)).toBeNull();
    expect(headers.get('x-request-id')).not.toBe('req_scripted');
  }
});

test('the first token is not held back', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  scene.openai.perform(behave(say('Hello you'), { pauses: [{ at: { event: 2 }, until: held }] }));
  const response = await fetch(scene.gateway.url + CHAT, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(streamed('gpt-4o')),
  });
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  while (!text.includes('Hello')) text += (await reader.read()).value ?? '';
  expect(text).not.toContain('you');
  release();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  expect(text).toMatch(/you.*\[DONE\]\s*$/s);
});

test('text completions go along unchanged, and reach a provider that only has chat', async () => {
  const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once', temperature: 0, max_tokens: 5, suffix: '.' };
  const same = await throughOpenai(body, '/v1/completions');
  expect(same.seen).toMatchObject({ path: '/v1/completions', json: body });
  expect(same.answer.json).toMatchObject({
    object: 'text_completion',
    model: body.model,
    usage: { total_tokens: expect.any(Number) },
  });

  scene.anthropic.perform(say('upon a time'));
  const chat = await throughAnthropic({ model: 'claude-3-haiku', prompt: 'Once', max_tokens: 5 }, '/completions');
  expect(chat.seen.json).toMatchObject({ messages: [{ role: 'user', content: expect.anything() }], max_tokens: 5 });
  expect(chat.answer.json).toMatchObject({
    object: 'text_completion',
    model: 'claude-3-haiku',
    choices: [{ text: 'upon a time', finish_reason: 'stop' }],
  });
  const { answer } = await throughAnthropic(
    { model: 'claude-3-haiku', prompt: 'Once', max_tokens: 5, stream: true },
    '/v1/completions',
  );
  const texts = answer.events.slice(0, -1).flatMap((event) => (event as { choices: { text: string }[] }).choices);
  expect(texts.map(({ text }) => text).join('')).toBe('upon a time');
  expect(answer.events.at(-1)).toBe('[DONE]');
});

test('an OpenAI client’s headers for OpenAI go along, those of others don’t', async () => {
  const headers = { 'openai-organization': 'org-1', 'x-stainless-lang': 'js', 'anthropic-beta': 'tools' };
  await scene.ask(CHAT, chatOf('gpt-4o'), { headers });
  const seen = scene.openai.requests.at(-1)?.headers ?? {};
  expect(seen['openai-organization']).toBe('org-1');
  expect(seen).not.toHaveProperty('x-stainless-lang');
  expect(seen).not.toHaveProperty('anthropic-beta');
  await scene.ask('/v1/messages', messageOf('claude-3-haiku'), { headers });
  expect(scene.anthropic.requests.at(-1)?.headers).toMatchObject({
    'anthropic-beta': 'tools',
    'anthropic-version': expect.any(String),
  });
});
