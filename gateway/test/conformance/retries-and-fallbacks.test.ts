import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cutByReset, header, retryAfter, say, silent, stall, status } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { byModel, failing } from '../scripted-provider/script.ts';
import { type Answer, chatOf, chunkText, during, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({
      routing: {
        backoffMinMs: 0,
        backoffMaxMs: 0,
        retryAfterMaxMs: 2000,
        fallbacks: { 'gpt-4o-mini': ['gpt-4o-mini', 'gpt-3.5-turbo'], 'gpt-4o': ['claude-3-opus'] },
        contextWindowFallbacks: { 'gpt-4o': ['gpt-4.1'] },
        contentPolicyFallbacks: { 'gpt-4o': ['gpt-5'] },
      },
    }),
    env: { LITELLM_MAX_RETRIES: '1' },
  });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

/** Asks, and gives the models that OpenAI's side was asked for, in order. */
async function route(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ answer: Answer; models: string[] }> {
  const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, body, { headers }));
  return { answer: result, models: requests.map(({ model }) => model) };
}

describe('retries', () => {
  test.each([500, 502, 503, 429, 408])('a %d is tried again, as often as LITELLM_MAX_RETRIES says', async (code) => {
    scene.openai.perform(failing(1, status(code)));
    const { answer, models } = await route(chatOf('gpt-4'));
    expect(answer.status).toBe(200);
    expect(models).toEqual(['gpt-4-turbo', 'gpt-4-turbo']);
    expect(answer.headers.get('x-synthlang-attempts')).toBe('2');
  });

  test('a provider that stays down is asked no more than that, and its status and message are said', async () => {
    scene.openai.perform(status(500, 'Melted.'));
    const { answer, models } = await route(chatOf('gpt-4'));
    expect(models).toHaveLength(2);
    expect(answer).toMatchObject({ status: 500, json: { error: { message: 'Melted.', type: 'server_error' } } });
    expect(answer.headers.get('x-should-retry')).toBe('false');
  });

  test.each([400, 404, 422, 413])('a %d is not', async (code) => {
    scene.openai.perform(status(code, 'Wrong.'));
    const { answer, models } = await route(chatOf('gpt-4'));
    expect(models).toHaveLength(1);
    expect(answer).toMatchObject({ status: code, json: { error: { message: 'Wrong.' } } });
  });

  test.each([
    ['the body', { num_retries: 3 }, {}, 4],
    ['the body, to none', { num_retries: 0 }, {}, 1],
    ['a header', {}, { 'x-synthlang-num-retries': '2' }, 3],
    ['a header over the body', { num_retries: 0 }, { 'x-litellm-num-retries': '2' }, 3],
  ])('their number may be said in %s', async (_, fields, headers, attempts) => {
    scene.openai.perform(status(500));
    const { answer, models } = await route(chatOf('gpt-4', fields), headers);
    expect(models).toHaveLength(attempts);
    expect(answer.headers.get('x-synthlang-attempts')).toBe(String(attempts));
  });

  test('wait as long as the provider asks', async () => {
    scene.openai.perform(failing(1, behave(status(429), header('retry-after-ms', '300'))));
    const startedMs = performance.now();
    const { answer } = await route(chatOf('gpt-4'));
    expect(answer.status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(299);
  });

  test('don’t wait longer than is allowed; the caller hears how long it shall', async () => {
    scene.openai.perform(behave(status(429, 'Slow down.'), retryAfter(30)));
    const { answer, models } = await route(chatOf('gpt-4'));
    expect(models).toHaveLength(1);
    expect(answer).toMatchObject({ status: 429, json: { error: { message: 'Slow down.' } } });
    expect(answer.headers.get('retry-after')).toBe('30');
  });

  test('a stream that broke before it said anything is tried again', async () => {
    scene.openai.perform(failing(1, cutByReset({ event: 1 }), say('Hello you')));
    const { answer, models } = await route(chatOf('gpt-4', { stream: true }));
    expect(models).toHaveLength(2);
    expect(chunkText(answer.events)).toBe('Hello you');
    expect(answer.events.at(-1)).toBe('[DONE]');
  });

  test('one that broke later is not: the error is said in the stream, and it doesn’t look finished', async () => {
    scene.openai.perform(behave(say('Hello you there'), cutByReset({ event: 2 })));
    const { answer, models } = await route(chatOf('gpt-4', { stream: true }));
    expect(models).toHaveLength(1);
    expect(answer.status).toBe(200);
    expect(chunkText(answer.events.slice(0, -1))).toBe('Hello');
    expect(answer.events.at(-1)).toMatchObject({ error: { message: expect.any(String), code: 'upstream.broke' } });
    expect(answer.text).not.toMatch(/\[DONE\]|"finish_reason":"/);
  });

  test('and neither does it on Anthropic’s route', async () => {
    scene.anthropic.perform(behave(say('Hello you there'), cutByReset({ event: 3 })));
    const answer = await scene.ask('/v1/messages', messageOf('claude-3-haiku', { stream: true }));
    expect(answer.events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(answer.text).not.toContain('message_stop');
  });
});

describe('fallbacks', () => {
  const DOWN = status(500, 'Down.');

  test('the configured ones are asked in order; the name itself in its own list counts for nothing', async () => {
    scene.openai.perform(byModel({ 'gpt-4o-mini': DOWN }, say('I can help')));
    const { answer, models } = await route(chatOf('gpt-4o-mini'));
    expect(models).toEqual(['gpt-4o-mini', 'gpt-4o-mini', 'gpt-3.5-turbo']);
    expect(answer.json).toMatchObject({ model: 'gpt-4o-mini', choices: [{ message: { content: 'I can help' } }] });
    expect(answer.headers.get('x-synthlang-model')).toBe('gpt-3.5-turbo');
    expect(answer.headers.get('x-synthlang-attempts')).toBe('3');
    expect(answer.headers.get('x-synthlang-fallbacks')).not.toBe('0');
  });

  test('they may be of another provider, with another dialect; streams as well', async () => {
    scene.openai.perform(DOWN);
    scene.anthropic.perform(say('Bonjour'));
    for (const stream of [false, true]) {
      const { answer } = await route(chatOf('gpt-4o', { stream }));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-synthlang-provider')).toBe('anthropic');
      expect(answer.text).toContain('Bonjour');
      expect(answer.text).toContain('"model":"gpt-4o"');
    }
  });

  test('the caller’s own list replaces the configured one', async () => {
    scene.openai.perform(byModel({ 'gpt-4o-mini': DOWN, 'gpt-4.1': DOWN }));
    const { answer, models } = await route(
      chatOf('gpt-4o-mini', { fallbacks: ['gpt-4.1', 'openai/gpt-5'], num_retries: 0 }),
    );
    expect(models).toEqual(['gpt-4o-mini', 'gpt-4.1', 'gpt-5']);
    expect(answer.headers.get('x-synthlang-fallbacks')).toBe('2');
  });

  test('the caller’s list may come in a header, and wins over the body', async () => {
    scene.openai.perform(byModel({ 'gpt-4': DOWN, 'gpt-4-turbo': DOWN }));
    const headers = { 'x-synthlang-fallbacks': 'gpt-5, gpt-4.1' };
    const { models } = await route(chatOf('gpt-4', { fallbacks: ['gpt-3.5-turbo'], num_retries: 0 }), headers);
    expect(models).toEqual(['gpt-4-turbo', 'gpt-5']);
  });

  test.each([
    ['the body', { disable_fallbacks: true }, {}],
    ['a header', {}, { 'x-synthlang-disable-fallbacks': '1' }],
  ])('can be switched off in %s', async (_, fields, headers) => {
    scene.openai.perform(DOWN);
    const { answer, models } = await route(chatOf('gpt-4o-mini', { num_retries: 0, ...fields }), headers);
    expect(models).toEqual(['gpt-4o-mini']);
    expect(answer).toMatchObject({ status: 500, json: { error: { message: 'Down.' } } });
  });

  test('when all fail, the first failure is what the caller hears', async () => {
    scene.openai.perform((_, { model }) => status(model === 'gpt-4o-mini' ? 503 : 500, `${model} is down.`));
    const { answer } = await route(chatOf('gpt-4o-mini', { num_retries: 0 }));
    expect(answer).toMatchObject({ status: 503, json: { error: { message: 'gpt-4o-mini is down.' } } });
  });

  test('are not asked when the request itself is wrong', async () => {
    scene.openai.perform(status(400, 'Bad tool.'));
    const { answer, models } = await route(chatOf('gpt-4o-mini'));
    expect(models).toEqual(['gpt-4o-mini']);
    expect(answer.status).toBe(400);
  });

  test('a fallback that nobody knows is passed over', async () => {
    scene.openai.perform(byModel({ 'gpt-4-turbo': DOWN }));
    const { answer, models } = await route(chatOf('gpt-4', { fallbacks: ['nobody', 'gpt-5'], num_retries: 0 }));
    expect(models).toEqual(['gpt-4-turbo', 'gpt-5']);
    expect(answer.status).toBe(200);
  });

  test.each([
    ['a prompt that is too long', 'context_length_exceeded', 'gpt-4.1'],
    ['a content policy', 'content_policy_violation', 'gpt-5'],
  ])('%s has fallbacks of its own', async (_, code, next) => {
    const body = JSON.stringify({ error: { message: 'No.', type: 'invalid_request_error', code } });
    scene.openai.perform(byModel({ 'gpt-4o': { status: 400, body } }));
    const { answer, models } = await route(chatOf('gpt-4o'));
    expect(models).toEqual(['gpt-4o', next]);
    expect(answer.status).toBe(200);
  });

  test('a provider that refuses the gateway’s own key is not asked again, and its words don’t look like the caller’s fault alone', async () => {
    scene.openai.perform(status(401, 'Incorrect API key provided: sk-CANARY-openai-key.'));
    const { answer, models } = await route(chatOf('gpt-4'));
    expect(models).toHaveLength(1);
    expect(answer.text).not.toContain('CANARY');
  });
});

describe('timeouts', () => {
  test.each([
    ['the body', { timeout: 0.2 }, {}],
    ['a header', {}, { 'x-synthlang-timeout': '0.2' }],
  ])('the whole time of a request may be said in %s', async (_, fields, headers) => {
    scene.openai.perform(silent());
    const startedMs = performance.now();
    const { answer } = await route(chatOf('gpt-4', { num_retries: 5, ...fields }), headers);
    expect(answer).toMatchObject({ status: 504, json: { error: { code: 'upstream.timeout' } } });
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThanOrEqual(190);
    expect(tookMs).toBeLessThan(2500);
    expect(await scene.openai.requests.at(-1)?.ended).toBe('aborted');
  });

  test('it also ends a stream that has begun, with an error in it', async () => {
    scene.openai.perform(behave(say('Hello you there'), stall({ event: 2 })));
    const { answer } = await route(chatOf('gpt-4', { stream: true, timeout: 0.3 }));
    expect(answer.events.at(-1)).toMatchObject({ error: { code: 'upstream.timeout' } });
    expect(answer.text).not.toContain('[DONE]');
    expect(await scene.openai.requests.at(-1)?.ended).toBe('aborted');
  });
});
