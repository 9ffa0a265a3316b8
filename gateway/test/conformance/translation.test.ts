import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, errorFrame, finish, reason, retryAfter, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { chatOf, chunkText, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let scene: Scene;
beforeAll(async () => void (scene = await openScene()));
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

const seenByOpenai = (): ScriptedRequest => scene.openai.requests.at(-1) as ScriptedRequest;
const seenByAnthropic = (): ScriptedRequest => scene.anthropic.requests.at(-1) as ScriptedRequest;

describe('an OpenAI client with an Anthropic provider', () => {
  const ask = (fields: Record<string, unknown> = {}) =>
    scene.ask(CHAT, chatOf('claude-3-haiku', { max_tokens: 50, ...fields }));

  test('system prompts, sampling and stop words arrive where Anthropic expects them', async () => {
    await ask({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
        { role: 'user', content: 'How are you?' },
      ],
      temperature: 0,
      top_p: 0.5,
      stop: 'END',
      user: 'customer-7',
    });
    const { json, path, headers } = seenByAnthropic();
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({ 'x-api-key': 'sk-CANARY-anthropic-key', 'anthropic-version': '2023-06-01' });
    expect(headers).not.toHaveProperty('authorization');
    expect(json).toMatchObject({ max_tokens: 50, temperature: 0, top_p: 0.5, stop_sequences: ['END'] });
    expect(json['metadata']).toEqual({ user_id: 'customer-7' });
    expect(JSON.stringify(json['system'])).toContain('Be kind.');
    expect((json['messages'] as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('a limit of tokens is set where Anthropic wants one and the caller named none', async () => {
    await scene.ask(CHAT, chatOf('claude-3-haiku'));
    expect(seenByAnthropic().json['max_tokens']).toBeGreaterThan(0);
    await scene.ask(CHAT, chatOf('claude-3-haiku', { max_completion_tokens: 77 }));
    expect(seenByAnthropic().json['max_tokens']).toBe(77);
  });

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['refusal', 'content_filter'],
  ])('an ending by %s is %s in OpenAI’s words', async (theirs, ours) => {
    scene.anthropic.perform(behave(say('Hello you'), finish(theirs)));
    expect((await ask()).json).toMatchObject({
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello you' }, finish_reason: ours }],
    });
    const { events } = await ask({ stream: true });
    expect(chunkText(events.slice(0, -1))).toBe('Hello you');
    const reasons = (events.slice(0, -1) as { choices: { finish_reason: string | null }[] }[]).flatMap(({ choices }) =>
      choices.map((choice) => choice.finish_reason),
    );
    expect(reasons.filter((each) => each !== null)).toEqual([ours]);
  });

  test('a stream has OpenAI’s shape: a role first, one id throughout, and the closing mark', async () => {
    scene.anthropic.perform(say('Hello you'));
    const { events, headers } = await ask({ stream: true });
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    const chunks = events.slice(0, -1) as { id: string; object: string; choices: { delta: object }[] }[];
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
    expect(events.at(-1)).toBe('[DONE]');
  });

  const TOOL = {
    type: 'function',
    function: {
      name: 'weather',
      description: 'Tells the weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  };

  test('tools make the whole round trip', async () => {
    scene.anthropic.perform(behave(call('weather', { city: 'Zürich', days: [1, 2] }), say('It rains')));
    const first = await ask({ tools: [TOOL], tool_choice: 'required' });
    expect(seenByAnthropic().json).toMatchObject({
      tools: [{ name: 'weather', description: 'Tells the weather', input_schema: TOOL.function.parameters }],
      tool_choice: { type: 'any' },
    });
    const { message } = (first.json as { choices: [{ message: Record<string, unknown> }] }).choices[0];
    expect(first.json).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
    const [asked] = message['tool_calls'] as [{ id: string; function: { name: string; arguments: string } }];
    expect(asked.function.name).toBe('weather');
    expect(JSON.parse(asked.function.arguments)).toEqual({ city: 'Zürich', days: [1, 2] });

    const answered = { role: 'tool', tool_call_id: asked.id, content: '{"sky":"grey"}' };
    const second = await ask({ tools: [TOOL], messages: [{ role: 'user', content: 'Weather?' }, message, answered] });
    expect(second.json).toMatchObject({ choices: [{ message: { content: 'It rains' }, finish_reason: 'stop' }] });
    const [, called, result] = seenByAnthropic().json['messages'] as { role: string; content: object[] }[];
    expect(called).toMatchObject({
      role: 'assistant',
      content: [{ type: 'tool_use', id: asked.id, name: 'weather', input: { city: 'Zürich', days: [1, 2] } }],
    });
    expect(result).toMatchObject({ role: 'user', content: [{ type: 'tool_result', tool_use_id: asked.id }] });
    expect(JSON.stringify(result)).toContain('grey');
  });

  test('a streamed tool call comes in pieces that add up', async () => {
    scene.anthropic.perform(call('weather', { city: 'Zürich' }));
    const { events } = await ask({ tools: [TOOL], stream: true });
    const calls = (events.slice(0, -1) as { choices: { delta: { tool_calls?: ToolDelta[] } }[] }[]).flatMap(
      ({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    );
    expect(calls[0]).toMatchObject({ index: 0, id: expect.stringMatching(/./), function: { name: 'weather' } });
    expect(JSON.parse(calls.map((each) => each.function?.arguments ?? '').join(''))).toEqual({ city: 'Zürich' });
    expect(events.at(-2)).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
  });

  test.each([
    ['by address', 'https://example.test/cat.png', { type: 'url', url: 'https://example.test/cat.png' }],
    ['in the request', `data:image/png;base64,${PIXEL}`, { type: 'base64', media_type: 'image/png', data: PIXEL }],
  ])('an image %s arrives', async (_, url, source) => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ];
    expect((await ask({ messages: [{ role: 'user', content }] })).status).toBe(200);
    expect(seenByAnthropic().json['messages']).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source },
        ],
      },
    ]);
  });

  test.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [529, 'overloaded_error'],
  ])('an upstream %d keeps its status and message', async (code, type) => {
    scene.anthropic.perform(behave(status(code, 'Their words.'), retryAfter(90)));
    const answer = await ask({ num_retries: 0 });
    expect(answer).toMatchObject({ status: code, json: { error: { message: 'Their words.', type, param: null } } });
    expect(answer.headers.get('retry-after')).toBe('90');
  });

  test('an error in the stream is said in OpenAI’s shape, without a false end', async () => {
    scene.anthropic.perform(behave(say('Hello you'), errorFrame(4, 'Overloaded now.')));
    const { events, text } = await ask({ stream: true });
    expect(events.at(-1)).toMatchObject({ error: { message: 'Overloaded now.' } });
    expect(text).not.toContain('[DONE]');
  });
});

interface ToolDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

describe('an Anthropic client with an OpenAI provider', () => {
  const ask = (fields: Record<string, unknown> = {}) => scene.ask(MESSAGES, messageOf('gpt-4o', fields));

  test('system prompts, sampling and stop words arrive where OpenAI expects them', async () => {
    await ask({ system: [{ type: 'text', text: 'Be kind.' }], temperature: 0, top_p: 0.5, stop_sequences: ['END'] });
    const { json, path } = seenByOpenai();
    expect(path).toBe('/v1/chat/completions');
    expect(json).toMatchObject({ model: 'gpt-4o', temperature: 0, top_p: 0.5, stop: ['END'] });
    expect(json['max_tokens'] ?? json['max_completion_tokens']).toBe(100);
    expect(json['messages']).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    expect(JSON.stringify(json['messages'])).toContain('Be kind.');
  });

  test('the reply is a message of Anthropic’s shape, with usage', async () => {
    scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7, cached: 3 })));
    expect((await ask()).json).toMatchObject({
      id: expect.any(String),
      type: 'message',
      role: 'assistant',
      model: 'gpt-4o',
      content: [{ type: 'text', text: 'Hello you' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 8, output_tokens: 7, cache_read_input_tokens: 3 },
    });
  });

  test('a stream has Anthropic’s events, in their order', async () => {
    scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const { events, text } = await ask({ stream: true });
    const types = (events as { type: string }[]).map(({ type }) => type).filter((type) => type !== 'ping');
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(text.match(/^event: (.*)$/gm)).toHaveLength(events.length);
    const delta = (events as { type: string }[]).find(({ type }) => type === 'message_delta');
    expect(delta).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } });
    expect(seenByOpenai().json).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  const TOOL = {
    name: 'weather',
    description: 'Tells the weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } } },
  };

  test('tools make the whole round trip, errors of the tool included', async () => {
    scene.openai.perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const first = await ask({ tools: [TOOL], tool_choice: { type: 'any' } });
    expect(seenByOpenai().json).toMatchObject({
      tools: [{ type: 'function', function: { name: 'weather', parameters: TOOL.input_schema } }],
      tool_choice: 'required',
    });
    const { content, stop_reason } = first.json as { content: [{ id: string }]; stop_reason: string };
    expect(stop_reason).toBe('tool_use');
    expect(content).toEqual([{ type: 'tool_use', id: expect.any(String), name: 'weather', input: { city: 'Zürich' } }]);

    const result = { type: 'tool_result', tool_use_id: content[0].id, content: 'no such city', is_error: true };
    const second = await ask({
      tools: [TOOL],
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content },
        { role: 'user', content: [result, { type: 'text', text: 'Go on.' }] },
      ],
    });
    expect(second.json).toMatchObject({ type: 'message' });
    const sent = seenByOpenai().json['messages'] as { role: string; tool_calls?: object[] }[];
    expect(sent.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
    expect(sent[1]?.tool_calls).toMatchObject([{ id: content[0].id, type: 'function', function: { name: 'weather' } }]);
    expect(sent[2]).toMatchObject({ role: 'tool', tool_call_id: content[0].id });
    expect(JSON.stringify(sent[2])).toContain('no such city');
  });

  test('a streamed tool call comes in pieces that add up', async () => {
    scene.openai.perform(call('weather', { city: 'Zürich' }));
    const { events } = await ask({ tools: [TOOL], stream: true });
    const all = events as { type: string; content_block?: object; delta?: { partial_json?: string } }[];
    expect(all.find(({ type }) => type === 'content_block_start')?.content_block).toMatchObject({
      type: 'tool_use',
      name: 'weather',
    });
    expect(JSON.parse(all.map(({ delta }) => delta?.partial_json ?? '').join(''))).toEqual({ city: 'Zürich' });
    expect(all.find(({ type }) => type === 'message_delta')).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  test('images arrive', async () => {
    const source = { type: 'base64', media_type: 'image/png', data: PIXEL };
    await ask({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ],
    });
    expect(seenByOpenai().json['messages']).toMatchObject([
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }, { type: 'text' }],
      },
    ]);
  });

  test('what the model thought is a thinking block', async () => {
    scene.openai.perform(behave(reason('Let me see'), say('Yes')));
    expect((await ask()).json).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'Let me see' },
        { type: 'text', text: 'Yes' },
      ],
    });
  });

  test.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [503, 'overloaded_error'],
  ])('an upstream %d is Anthropic’s %s, with the message', async (code, type) => {
    scene.openai.perform(status(code, 'Their words.'));
    expect(await ask({ num_retries: 0 })).toMatchObject({
      status: code,
      json: { type: 'error', error: { type, message: 'Their words.' } },
    });
  });

  test('an error in the stream is an error event, without a false end', async () => {
    scene.openai.perform(behave(say('Hello you'), errorFrame(3, 'Broken now.')));
    const { events, text } = await ask({ stream: true });
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { message: 'Broken now.' } });
    expect(text).toContain('event: error');
    expect(text).not.toContain('message_stop');
  });

  test('a conversation that only its provider keeps is refused, whatever may be dropped, in words that Anthropic’s client knows', async () => {
    const thread = { type: 'continue', previous_message_id: 'msg_1' };
    expect(await ask({ thread, drop_params: true })).toMatchObject({
      status: 400,
      json: { error: { type: 'invalid_request_error', details: { error_code: 'thread_unsupported_request' } } },
    });
  });
});
