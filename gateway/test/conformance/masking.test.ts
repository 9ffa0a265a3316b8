import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLANTED } from '../private-values.ts';
import { call, say, status } from '../scripted-provider/acts.ts';
import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { type Answer, chatOf, chunkText, during, messageOf, openScene, type Scene } from './scene.ts';

const ON = { 'x-mask-pii-before-llm': '1' };
const KEPT_KEY = 'sk-CANARY-always-masked-0123456789';
const VALUES = PLANTED.map(({ value }) => value);

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({
      access: {
        apiKeys: [{ id: 'strict', key: KEPT_KEY, privacy: { maskBeforeLlm: true, callersMaySwitchOff: false } }],
      },
    }),
    env: { LITELLM_MASTER_KEY: 'sk-CANARY-master-0123456789' },
  });
  scene.openai.perform(repeatPlaceholders);
  scene.anthropic.perform(repeatPlaceholders);
});
afterAll(() => scene.close());

test('a hundred different values are planted', () => expect(new Set(VALUES).size).toBe(100));

/** Says every placeholder of the request: in the text, and in a tool's arguments where there is a tool. */
function repeatPlaceholders(request: ScriptedRequest): Behaviour {
  const placeholders = [...new Set(request.body.toString().match(/<[A-Z_]+_\d+>/g) ?? [])];
  const text = say(`I know: ${placeholders.join(' and ')}.`);
  return request.json['tools'] === undefined ? text : behave(text, call('keep', { values: placeholders }));
}

/** Six places of a conversation, each with its share of the sentences. */
function shares(): readonly string[] {
  return Array.from({ length: 6 }, (_, place) =>
    PLANTED.filter((_value, at) => at % 6 === place)
      .map(({ sentence }) => sentence)
      .join('\n'),
  );
}

function chatAbout(model: string, fields: object): object {
  const [system, first, argument, result, tool, last] = shares();
  return {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: [{ type: 'text', text: first }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'keep', arguments: JSON.stringify({ argument }) } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: JSON.stringify({ result }) },
      { role: 'user', content: last },
    ],
    tools: [{ type: 'function', function: { name: 'keep', description: tool, parameters: { type: 'object' } } }],
    ...fields,
  };
}

function messagesAbout(model: string, fields: object): object {
  const [system, first, argument, result, tool, last] = shares();
  return {
    model,
    max_tokens: 1000,
    system: [{ type: 'text', text: system }],
    messages: [
      { role: 'user', content: first },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'keep', input: { argument } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: JSON.stringify({ result }) },
          { type: 'text', text: last },
        ],
      },
    ],
    tools: [{ name: 'keep', description: tool, input_schema: { type: 'object' } }],
    ...fields,
  };
}

function promptAbout(model: string, fields: object): object {
  return { model, prompt: shares().join('\n'), ...fields };
}

/** What an OpenAI answer says: the text, and the arguments of its call. */
function saidByOpenai({ json, events }: Answer): string {
  const choices = (json as { choices?: readonly { message?: unknown; text?: unknown }[] } | undefined)?.choices;
  if (choices) return JSON.stringify(choices);
  const pieces = events.flatMap((event) => (event as { choices?: readonly Chunk[] }).choices ?? []);
  return [
    chunkText(events),
    ...pieces.map(({ text }) => text ?? ''),
    ...pieces.flatMap(({ delta }) => delta?.tool_calls?.map((one) => one.function?.arguments ?? '') ?? []),
  ].join('');
}

interface Chunk {
  readonly text?: string;
  readonly delta?: { readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[] };
}

function saidByAnthropic({ json, events }: Answer): string {
  const content = (json as { content?: unknown } | undefined)?.content;
  if (content) return JSON.stringify(content);
  return events
    .map((event) => (event as { delta?: { text?: string; partial_json?: string } }).delta)
    .map((delta) => delta?.text ?? delta?.partial_json ?? '')
    .join('');
}

/** The value as it stands in JSON, once or twice quoted. */
function isSaid(said: string, value: string): boolean {
  const once = JSON.stringify(value).slice(1, -1);
  return [value, once, JSON.stringify(once).slice(1, -1)].some((form) => said.includes(form));
}

const ROUTES = [
  ['/v1/chat/completions', 'openai/gpt-4o', chatAbout, saidByOpenai],
  ['/v1/chat/completions', 'anthropic/claude-sonnet-4-5', chatAbout, saidByOpenai],
  ['/v1/messages', 'anthropic/claude-sonnet-4-5', messagesAbout, saidByAnthropic],
  ['/v1/messages', 'openai/gpt-4o', messagesAbout, saidByAnthropic],
  ['/v1/completions', 'openai/gpt-3.5-turbo-instruct', promptAbout, saidByOpenai],
] as const;

describe.each(ROUTES)('%s to %s', (path, model, bodyAbout, saidBy) => {
  test.each([false, true])('no value reaches the provider, and every one comes back (stream: %s)', async (stream) => {
    const provider = model.startsWith('openai') ? scene.openai : scene.anthropic;
    const { result, requests } = await during(provider, () =>
      scene.ask(path, bodyAbout(model, { stream }), { headers: ON }),
    );
    expect(result.status, result.text).toBe(200);
    expect(requests).toHaveLength(1);
    const sent = JSON.stringify([requests[0]?.headers, requests[0]?.body.toString(), requests[0]?.path]);
    expect(VALUES.filter((value) => isSaid(sent, value))).toEqual([]);
    const said = saidBy(result);
    expect(VALUES.filter((value) => !isSaid(said, value))).toEqual([]);
    expect(said).not.toMatch(/<[A-Z_]+_\d+>/);
  });
});

describe('a switch', () => {
  const asking = chatOf('openai/gpt-4o', { messages: [{ role: 'user', content: 'Write to ada@example.org.' }] });
  const sent = async (fields: object, headers: Record<string, string>): Promise<string> => {
    const { requests } = await during(scene.openai, () =>
      scene.ask('/v1/chat/completions', { ...asking, ...fields }, { headers }),
    );
    return requests.map(({ body }) => body.toString()).join('');
  };

  test('is off by default, and then the bytes go out as they came', async () => {
    expect(await sent({}, {})).toContain('ada@example.org');
    expect(await sent({}, { 'x-mask-pii-before-llm': '0' })).toContain('ada@example.org');
  });

  test('is a header or a field, and is not sent on', async () => {
    for (const body of [await sent({}, ON), await sent({ mask_pii_before_llm: true }, {})]) {
      expect(body).toContain('Write to <EMAIL_1>.');
      expect(body).not.toMatch(/ada@|mask_pii/);
    }
  });

  test('can’t overrule an operator who allows no switching off', async () => {
    const headers = { authorization: `Bearer ${KEPT_KEY}`, 'x-mask-pii-before-llm': '0' };
    expect(await sent({}, headers)).toContain('<EMAIL_1>');
  });
});

test('a prompt in tokens is refused where private data is to be masked', async () => {
  const { json, status: code } = await scene.ask(
    '/v1/completions',
    { model: 'openai/gpt-3.5-turbo-instruct', prompt: [1, 2, 3] },
    { headers: ON },
  );
  expect(code).toBe(400);
  expect(json).toMatchObject({ error: { code: 'privacy.unreadable', param: 'prompt' } });
});

test('a provider’s refusal that quotes the prompt quotes placeholders', async () => {
  scene.openai.perform((request) => status(400, `Bad: ${request.body.toString().slice(0, 200)}`));
  const fields = { messages: [{ role: 'user', content: 'ada@example.org' }], tags: ['for ada@example.org'] };
  const answer = await scene.ask('/v1/chat/completions', chatOf('openai/gpt-4o', fields), { headers: ON });
  expect(answer.text).toContain('<EMAIL_1>');
  expect(answer.text).not.toContain('ada@');
  const line = await scene.gateway.logged((text) => text.includes(answer.headers.get('x-request-id') ?? '-'));
  expect(JSON.parse(line)).toMatchObject({ tags: ['for <EMAIL>'] });
});

describe('what was to be seen masked', () => {
  const MASKED = 'Call <PHONE> or ada at <EMAIL>.\n\nMasked: phone 1, email 1.';
  const content = '#pii_mask Call 555-123-4567 or ada at ada@example.org.';

  test.each([false, true])('stays masked where the request was masked as well (stream: %s)', async (stream) => {
    const asking = chatOf('openai/gpt-4o', { stream, messages: [{ role: 'user', content }] });
    const answers = [{}, ON].map((headers) => scene.ask('/v1/chat/completions', asking, { headers }));
    for (const { json, events, headers } of await Promise.all(answers)) {
      const { choices = [] } = (json ?? {}) as { choices?: readonly { message?: { content: string } }[] };
      expect(headers.get('x-synthlang-tool')).toBe('pii_mask');
      expect(choices[0]?.message?.content ?? chunkText(events)).toBe(MASKED);
    }
  });

  test('is shown to programs with counts', async () => {
    const call = { tool: 'pii_mask', parameters: { text: 'ada@example.org, bob@example.org' } };
    expect((await scene.ask('/v1/tools/call', call)).json).toMatchObject({
      result: { masked: '<EMAIL>, <EMAIL>', counts: { email: 2 }, total: 2 },
    });
  });
});

test('no value is in the log or in any file, whatever happened before', () => {
  const written = [...scene.gateway.stdout, ...scene.gateway.stderr, ...filesIn(scene.gateway.folder)];
  expect(scene.gateway.stdout.length).toBeGreaterThan(10);
  const kept = written.join('\n');
  expect(VALUES.filter((value) => isSaid(kept, value))).toEqual([]);
  expect(kept).not.toContain('ada@example.org');
});

test('a user’s id and a stop sequence are masked as well', async () => {
  scene.anthropic.perform(repeatPlaceholders);
  const body = messageOf('anthropic/claude-sonnet-4-5', {
    metadata: { user_id: 'ada@example.org' },
    stop_sequences: ['bob@example.org'],
  });
  const { requests } = await during(scene.anthropic, () => scene.ask('/v1/messages', body, { headers: ON }));
  expect(requests[0]?.body.toString()).not.toMatch(/ada@|bob@/);
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'));
}
