import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutByReset, errorFrame, say, stall, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { failing } from '../scripted-provider/script.ts';
import { chatOf, messageOf, openScene, type Scene, send } from './scene.ts';

const CHAT = '/v1/chat/completions';
const OPERATORS_KEY = 'sk-CANARY-callers-key-0123456789';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({
      access: { apiKeys: [{ id: 'team-blue', key: OPERATORS_KEY }] },
      routing: { backoffMinMs: 0, backoffMaxMs: 0, retriesMax: 1, fallbacks: { 'gpt-4': ['claude-3-haiku'] } },
    }),
    env: { LITELLM_MASTER_KEY: 'sk-CANARY-master-0123456789' },
  });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

/** The log line of one request. */
async function lineOf(headers: Headers): Promise<Record<string, unknown>> {
  const id = headers.get('x-request-id') ?? '-';
  const line = await scene.gateway.logged((text) => text.includes(id));
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the log', () => {
  test('has one JSON line for each request: who, what, where, how long, how much', async () => {
    scene.openai.perform(usage({ input: 11, output: 7 }));
    const headers = { authorization: `Bearer ${OPERATORS_KEY}` };
    const answer = await scene.ask(CHAT, chatOf('gpt-4', { tags: ['blue'] }), { headers });
    const line = await lineOf(answer.headers);
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number),
      msg: 'turn',
      requestId: answer.headers.get('x-request-id'),
      key: 'team-blue',
      dialect: 'openai-chat',
      model: 'gpt-4',
      provider: 'openai',
      upstreamModel: 'gpt-4-turbo',
      stream: false,
      status: 200,
      end: 'finished',
      durationMs: expect.any(Number),
      firstOutputMs: expect.any(Number),
      inputTokens: 11,
      outputTokens: 7,
      costUsd: 0.00032,
      attempts: 1,
      tags: ['blue'],
    });
    await scene.ask(CHAT, chatOf('gpt-4o')).then((next) => lineOf(next.headers));
    const id = answer.headers.get('x-request-id') ?? '-';
    expect(scene.gateway.stdout.filter((text) => text.includes(id))).toHaveLength(1);
  });

  test('has the usage of a stream, whatever the caller asked to see', async () => {
    scene.anthropic.perform(usage({ input: 11, output: 7 }));
    const { headers } = await scene.ask(CHAT, chatOf('claude-3-haiku', { stream: true }));
    expect(await lineOf(headers)).toMatchObject({
      stream: true,
      inputTokens: 11,
      outputTokens: 7,
      firstOutputMs: expect.any(Number),
    });
  });

  test('counts retries and fallbacks, with the reason of each failure', async () => {
    scene.openai.perform(status(503));
    const { headers } = await scene.ask(CHAT, chatOf('gpt-4'));
    expect(await lineOf(headers)).toMatchObject({
      provider: 'anthropic',
      upstreamModel: 'claude-3-haiku',
      attempts: 3,
      fallback: 1,
      failures: ['openai upstream.overloaded', 'openai upstream.overloaded'],
    });
  });

  test('says how a request failed', async () => {
    scene.openai.perform(status(400, 'Prompt said CANARY-echo.'));
    const { headers } = await scene.ask(CHAT, chatOf('gpt-4o'));
    expect(await lineOf(headers)).toMatchObject({
      level: 40,
      status: 400,
      end: 'failed',
      error: { code: 'upstream.refused' },
    });
  });

  test('says that a stream was cut, although its status was 200', async () => {
    scene.openai.perform(behave(say('Hello you there'), cutByReset({ event: 3 })));
    const { headers } = await scene.ask(CHAT, chatOf('gpt-4o', { stream: true }));
    expect(await lineOf(headers)).toMatchObject({ status: 200, end: 'failed', error: { code: 'upstream.broke' } });
  });

  test('says that the caller went away, and counts what had been generated', async () => {
    scene.openai.perform(behave(say('Hello you there'), stall({ event: 3 })));
    const headers = await scene.leave(CHAT, chatOf('gpt-4o', { stream: true }));
    expect(await lineOf(headers)).toMatchObject({
      end: 'cancelled',
      status: 499,
      usageEstimated: true,
      outputTokens: expect.any(Number),
    });
  });
});

test('nothing private is ever printed: prompts, answers, tools, keys, or what a provider quotes of them', async () => {
  const prompt = 'CANARY-prompt';
  const tools = [
    { type: 'function', function: { name: 'CANARY_tool', description: 'CANARY', parameters: { type: 'object' } } },
  ];
  const messages = [
    { role: 'user', content: prompt },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'CANARY_tool', arguments: '{"a":"CANARY"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'CANARY-result' },
  ];
  const echo = (code: number) => status(code, `Key sk-CANARY-openai-key and prompt "${prompt}" are wrong.`);
  const acts = [
    behave(say('CANARY-answer')),
    call('CANARY_tool', { q: 'CANARY' }),
    echo(400),
    echo(401),
    echo(500),
    failing(1, echo(429)),
    errorFrame(1, 'It quotes CANARY-prompt at once.'),
    behave(say('Hello you'), errorFrame(4, 'It quotes CANARY-prompt later.')),
  ];
  const headers = { authorization: `Bearer ${OPERATORS_KEY}` };
  let last: Headers | undefined;
  for (const act of acts) {
    scene.openai.perform(act);
    for (const stream of [false, true]) {
      const answer = await scene.ask(CHAT, { model: 'gpt-4o', messages, tools, stream, user: 'CANARY' }, { headers });
      expect(answer.text).not.toContain('sk-CANARY');
      last = answer.headers;
    }
  }
  await scene.ask(CHAT, `{"CANARY": `, { headers });
  await scene.ask(CHAT, chatOf('gpt-4o', { temperature: 'CANARY' }), { headers });
  await scene.ask('/v1/CANARY?key=CANARY', {}, { headers: { authorization: 'Bearer sk-CANARY-wrong' } });
  await lineOf(last as Headers);
  const printed = [...scene.gateway.stdout, ...scene.gateway.stderr].join('\n');
  expect(scene.gateway.stdout.length).toBeGreaterThan(10);
  expect(printed).not.toContain('CANARY');
});

describe('the metrics', () => {
  /** The value of one line, or 0 while there is none. */
  async function count(name: string, ...labels: string[]): Promise<number> {
    const { text, headers } = await scene.get('/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`${name}{`) && labels.every((label) => each.includes(label)));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  test('count requests, tokens and attempts by model, provider, status and end', async () => {
    scene.openai.perform(usage({ input: 11, output: 7 }));
    const labels = ['model="gpt-5"', 'provider="openai"', 'status="200"', 'end="finished"'];
    for (const stream of [false, true]) await scene.ask(CHAT, chatOf('gpt-5', { stream }));
    expect(await count('synthlang_requests_total', ...labels)).toBe(2);
    expect(await count('synthlang_input_tokens_total', ...labels)).toBe(22);
    expect(await count('synthlang_output_tokens_total', ...labels)).toBe(14);
    scene.openai.perform(status(500));
    await scene.ask(CHAT, chatOf('gpt-5'));
    expect(await count('synthlang_requests_total', 'model="gpt-5"', 'status="500"', 'end="failed"')).toBe(1);
    expect(await count('synthlang_upstream_attempts_total', 'model="gpt-5"', 'status="500"')).toBe(2);
  });

  test('have durations, times to the first output, and what is in flight now', async () => {
    const { text } = await scene.get('/metrics');
    expect(text).toMatch(/^synthlang_request_duration_seconds_bucket\{le="0\.1"\} \d+$/m);
    expect(text).toMatch(/^synthlang_first_output_seconds_count \d+$/m);
    expect(text).toMatch(/^synthlang_requests_in_flight 0$/m);
  });

  test('don’t grow with names that callers invent', async () => {
    for (let at = 0; at < 5; at += 1) await scene.ask(CHAT, chatOf(`invented-${at}`));
    expect((await scene.get('/metrics')).text).not.toContain('invented');
  });

  test('can be switched off', async () => {
    const other = await openScene({ env: { SYNTHLANG__METRICS__ENABLED: 'false' } });
    expect((await other.get('/metrics')).status).toBe(404);
    await other.close();
  });
});

describe('health', () => {
  test('needs no key, asks no provider, and says how things are', async () => {
    const before = scene.openai.requests.length;
    expect(await send(`${scene.gateway.url}/health`)).toMatchObject({
      status: 200,
      json: {
        status: 'ok',
        version: expect.any(String),
        timestamp: expect.stringMatching(/^\d{4}-/),
        uptime_seconds: expect.any(Number),
      },
    });
    for (const path of ['/health/liveliness', '/health/liveness'])
      expect(await send(scene.gateway.url + path)).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await send(`${scene.gateway.url}/health/readiness`)).toMatchObject({
      status: 200,
      json: { status: 'ready' },
    });
    expect(scene.openai.requests).toHaveLength(before);
  });
});

describe('SIGTERM', () => {
  test('lets running streams finish, takes nobody new, and ends with 0', async () => {
    const other = await openScene();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    other.openai.perform(behave(say('Hello you'), { pauses: [{ at: { event: 2 }, until: held }] }));
    const streaming = other.ask(CHAT, chatOf('gpt-4o', { stream: true }));
    await other.openai.arrived(1);
    const stopped = other.gateway.stop();
    await refusedConnection(other.gateway.url);
    release();
    const { events, headers } = await streaming;
    expect(events.at(-1)).toBe('[DONE]');
    expect(await stopped).toBe(0);
    expect(other.gateway.stdout.some((line) => line.includes(headers.get('x-request-id') ?? '-'))).toBe(true);
    await other.close();
  });

  test('ends what is left after the drain time, and says so in the stream', async () => {
    const other = await openScene({ env: { SYNTHLANG__SERVER__DRAIN_MS: '200' } });
    other.anthropic.perform(behave(say('Hello you'), stall({ event: 3 })));
    const streaming = other.ask('/v1/messages', messageOf('claude-3-haiku', { stream: true }));
    await other.anthropic.arrived(1);
    const stopped = other.gateway.stop();
    const { events, text } = await streaming;
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('shutting down') },
    });
    expect(text).not.toContain('message_stop');
    expect(await stopped).toBe(0);
    expect(await other.anthropic.requests[0]?.ended).toBe('aborted');
    await other.close();
  });
});

/** Resolves once nobody listens there any more. */
async function refusedConnection(url: string): Promise<void> {
  for (;;) {
    try {
      await send(`${url}/health`, { headers: { connection: 'close' } });
    } catch {
      return;
    }
  }
}
