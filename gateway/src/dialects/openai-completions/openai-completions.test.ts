import { describe, expect, test } from 'vitest';
import { decoded, encoded, glanced } from '../../../test/decoded.ts';
import { GatewayError } from '../../model/error.ts';
import { fold } from '../../model/fold.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import type { Ask, ChatRequest, Message } from '../../model/request.ts';
import { openaiCompletions } from './openai-completions.ts';

type Body = Record<string, unknown>;

function read(body: Body): Ask {
  return openaiCompletions.readRequest({
    dialect: 'openai-completions',
    bytes: Buffer.from(JSON.stringify(body)),
    body,
  });
}

function written(request: ChatRequest): { wire: Body; losses: string[] } {
  const { bytes, losses } = openaiCompletions.encodeRequest(request, 'm');
  return { wire: JSON.parse(bytes.toString()) as Body, losses: losses.map(({ what, kind }) => `${kind} ${what}`) };
}

function refusedParam(body: Body): string | undefined {
  try {
    read(body);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'request.invalid') return thrown.details.param;
  }
  throw new Error('That should have been refused.');
}

const asked = (messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'x',
  messages,
  stream: false,
  usageWanted: false,
  ...more,
});

describe('a request', () => {
  test.each<[string, Body]>([
    ['prompt', { model: 'm' }],
    ['prompt', { model: 'm', prompt: null }],
    ['prompt', { model: 'm', prompt: [] }],
    ['prompt', { model: 'm', prompt: { text: 'x' } }],
    ['prompt', { model: 'm', prompt: ['x', 7] }],
    ['model', { prompt: 'x' }],
    ['echo', { model: 'm', prompt: 'x', echo: 1 }],
    ['logprobs', { model: 'm', prompt: 'x', logprobs: true }],
    ['best_of', { model: 'm', prompt: 'x', best_of: 21 }],
    ['suffix', { model: 'm', prompt: 'x', suffix: 7 }],
    ['max_tokens', { model: 'm', prompt: 'x', max_tokens: -1 }],
    ['temperature', { model: 'm', prompt: 'x', temperature: 3 }],
  ])('is refused with the name of the field: %s', (param, body) => expect(refusedParam(body)).toBe(param));

  test.each<[string, Body]>([
    ['a text', { model: 'm', prompt: 'Once' }],
    ['a list of one text', { model: 'm', prompt: ['Once'] }],
    ['several texts', { model: 'm', prompt: ['Once', 'Twice'] }],
    ['tokens', { model: 'm', prompt: [1, 2] }],
    ['lists of tokens', { model: 'm', prompt: [[1], [2]] }],
    [
      'everything else',
      {
        model: 'm',
        prompt: 'x',
        suffix: '.',
        echo: true,
        best_of: 2,
        logprobs: 3,
        max_tokens: 0,
        n: 2,
        stop: '\n',
        seed: 1,
        user: 'u',
        logit_bias: { '5': 1 },
        brand_new_field: 1,
      },
    ],
    ['things that ask for nothing', { model: 'm', prompt: 'x', suffix: '', echo: false, best_of: 1, stream: false }],
  ])('with %s is written again as it was', (_, body) => {
    expect(written(read(body).look())).toEqual({ wire: body, losses: [] });
  });

  test('is one user message to a chat provider, and only what it really asks for can be lost', () => {
    const request = read({ model: 'm', prompt: 'Once', echo: false, best_of: 1, max_tokens: 16 }).look();
    expect(request.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Once' }] }]);
    expect(request.maxOutputTokens).toBe(16);
    expect(request.extra?.fields).toEqual({});
    expect(read({ model: 'm', prompt: 'Once', echo: true }).look().extra?.fields).toEqual({ echo: true });
  });

  test('from a chat is the prompt itself, or a transcript to go on with', () => {
    const hi: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
    expect(written(asked([hi])).wire).toEqual({ model: 'm', prompt: 'Hi' });
    const talk: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      hi,
      { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
      { role: 'user', content: [{ type: 'text', text: 'Go.' }] },
    ];
    expect(written(asked(talk)).wire['prompt']).toBe(
      'Be brief.\n\nUser: Hi\n\nAssistant: Yes?\n\nUser: Go.\n\nAssistant:',
    );
  });

  test('says what a prompt cannot hold', () => {
    const picture: Message = { role: 'user', content: [{ type: 'image', source: { kind: 'url', url: 'u' } }] };
    const { losses } = written(
      asked([picture], {
        tools: [{ type: 'function', name: 'f' }],
        output: { type: 'json' },
        topK: 1,
        reasoning: { effort: 'low' },
        extra: { dialect: 'openai-chat', fields: { verbosity: 'low' } },
      }),
    );
    expect(losses).toEqual(
      expect.arrayContaining([
        'parameter image',
        'parameter tools',
        'parameter response_format',
        'parameter top_k',
        'parameter verbosity',
        'hint reasoning',
      ]),
    );
  });
});

describe('a reply', () => {
  const whole = {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 7,
    model: 'the-model',
    system_fingerprint: 'fp',
    choices: [
      {
        text: ' upon a time',
        index: 0,
        logprobs: {
          tokens: [' upon', ' a time'],
          token_logprobs: [-0.1, -0.2],
          top_logprobs: [{ ' upon': -0.1, ' in': -3 }, { ' a time': -0.2 }],
          text_offset: [0, 5],
        },
        finish_reason: 'length',
        stop_reason: 7,
      },
      { text: ' more', index: 1, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 4, total_tokens: 5 },
  };
  const bytes = Buffer.from(JSON.stringify(whole));

  test('is read and written again as it was, streamed in between or not', () => {
    const events = decoded(openaiCompletions, 'json', [bytes]);
    expect(JSON.parse(encoded(openaiCompletions, 'json', events).toString())).toEqual(whole);
    const streamed = decoded(openaiCompletions, 'sse', [encoded(openaiCompletions, 'sse', events)]);
    expect(JSON.parse(encoded(openaiCompletions, 'json', streamed).toString())).toEqual(whole);
  });

  test('streams as OpenAI’s does, with usage only where it was asked for', () => {
    const stream = [
      {
        id: 'c',
        object: 'text_completion',
        created: 7,
        choices: [{ text: 'a', index: 0, logprobs: null, finish_reason: null }],
        model: 'm',
      },
      {
        id: 'c',
        object: 'text_completion',
        created: 7,
        choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }],
        model: 'm',
      },
      { id: 'c', object: 'text_completion', created: 7, choices: [], usage: whole.usage, model: 'm' },
    ];
    const said = Buffer.from(
      [...stream.map((one) => JSON.stringify(one)), '[DONE]'].map((one) => `data: ${one}\n\n`).join(''),
    );
    const events = decoded(openaiCompletions, 'sse', [said]);
    expect(fold(events)).toMatchObject({
      choices: [{ blocks: [{ text: 'a' }], finish: 'stop' }],
      usage: { outputTokens: 4 },
    });
    expect(glanced(openaiCompletions, 'sse', [said]).map(({ type }) => type)).toEqual(['finish', 'usage', 'end']);
    const without = encoded(openaiCompletions, 'sse', events, false).toString();
    expect(without).not.toContain('usage');
    expect(without).toMatch(/data: \[DONE\]\n\n$/);
  });

  test('keeps log probabilities that have no number for the first token', () => {
    const odd = { tokens: ['a', 'b'], token_logprobs: [null, -1], top_logprobs: null, text_offset: [0, 1] };
    const body = { ...whole, choices: [{ ...whole.choices[1], logprobs: odd }] };
    const events = decoded(openaiCompletions, 'json', [Buffer.from(JSON.stringify(body))]);
    expect(JSON.parse(encoded(openaiCompletions, 'json', events).toString())).toMatchObject({
      choices: [{ logprobs: odd }],
    });
  });

  test('from a chat is its text alone', () => {
    const events: ReplyEvent[] = [
      { type: 'start', id: 'r', model: 'm' },
      { type: 'block-start', choice: 0, block: 0, start: { kind: 'reasoning' } },
      { type: 'reasoning-delta', choice: 0, block: 0, text: 'Hm.' },
      { type: 'block-end', choice: 0, block: 0 },
      { type: 'block-start', choice: 0, block: 1, start: { kind: 'text' } },
      { type: 'text-delta', choice: 0, block: 1, text: 'Hi' },
      { type: 'block-end', choice: 0, block: 1 },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'end' },
    ];
    const choice = { text: 'Hi', index: 0, logprobs: null, finish_reason: 'stop' };
    expect(JSON.parse(encoded(openaiCompletions, 'json', events).toString())).toMatchObject({ choices: [choice] });
    expect(fold(decoded(openaiCompletions, 'sse', [encoded(openaiCompletions, 'sse', events)])).choices).toMatchObject([
      { blocks: [{ kind: 'text', text: 'Hi' }], finish: 'stop' },
    ]);
  });
});
