import type { ScriptedUsage } from './behaviour.ts';
import { frame, listOf, textOf, wordOf } from './voice.ts';
import type { Asked, Speech, Voice } from './voice.ts';

/** https://docs.anthropic.com/en/api/messages and …/messages-streaming */
export const anthropicVoice: Voice = {
  asked,
  json: (speech) => ({
    ...envelope(speech),
    content: blocks(speech).map(({ whole }) => whole),
    stop_reason: finishOf(speech),
    usage: speech.usage && usageOf(speech.usage),
  }),
  frames,
  error: anthropicError,
  errorFrame: (message) => frame(anthropicError(529, message), 'error'),
  pings: [frame({ type: 'ping' }, 'ping')],
};

/** An error as Anthropic says it. */
export function anthropicError(status: number, message: string): unknown {
  return { type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message }, request_id: 'req_scripted' };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function asked(body: Readonly<Record<string, unknown>>): Asked {
  const messages = listOf(body['messages']);
  const users = messages.filter((one) => one['role'] === 'user');
  const parts = listOf(messages.at(-1)?.['content']);
  return {
    model: wordOf(body['model']),
    stream: body['stream'] === true,
    choices: 1,
    includeUsage: true,
    answersTool: parts.some((part) => part['type'] === 'tool_result'),
    lastText: textOf(users.at(-1)?.['content']),
  };
}

function usageOf({ input, output, cached = 0, searches }: ScriptedUsage): Readonly<Record<string, unknown>> {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    ...(searches === undefined ? {} : { server_tool_use: { web_search_requests: searches } }),
    output_tokens: output,
    service_tier: 'standard',
  };
}

function envelope({ id, model }: Speech): Readonly<Record<string, unknown>> {
  const content: readonly unknown[] = [];
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: null,
    stop_sequence: null,
  };
}

interface Block {
  readonly whole: unknown;
  readonly start: unknown;
  readonly deltas: readonly unknown[];
}

function blocks(speech: Speech): readonly Block[] {
  const thoughts = speech.reasoning === undefined ? [] : [thinkingBlock(speech.reasoning)];
  if (speech.calls.length === 0) return [...thoughts, textBlock(speech.textPieces)];
  return [...thoughts, ...speech.calls.map((call, index) => toolBlock(call, `toolu_${speech.id}_${index}`))];
}

function textBlock(pieces: readonly string[]): Block {
  return {
    whole: { type: 'text', text: pieces.join('') },
    start: { type: 'text', text: '' },
    deltas: pieces.map((text) => ({ type: 'text_delta', text })),
  };
}

function thinkingBlock(thinking: string): Block {
  return {
    whole: { type: 'thinking', thinking, signature: 'c2NyaXB0ZWQ=' },
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [
      { type: 'thinking_delta', thinking },
      { type: 'signature_delta', signature: 'c2NyaXB0ZWQ=' },
    ],
  };
}

function toolBlock({ name, arguments: input }: Speech['calls'][number], id: string): Block {
  const json = JSON.stringify(input);
  const middle = Math.ceil(json.length / 2);
  return {
    whole: { type: 'tool_use', id, name, input },
    start: { type: 'tool_use', id, name, input: {} },
    deltas: ['', json.slice(0, middle), json.slice(middle)].map((part) => ({
      type: 'input_json_delta',
      partial_json: part,
    })),
  };
}

function frames(speech: Speech): readonly Buffer[] {
  const input = speech.usage && usageOf({ ...speech.usage, output: 1 });
  const delta = { stop_reason: finishOf(speech), stop_sequence: null };
  const output = speech.usage && { output_tokens: speech.usage.output };
  return [
    frame({ type: 'message_start', message: { ...envelope(speech), usage: input } }, 'message_start'),
    ...blocks(speech).flatMap((block, index) => [
      frame({ type: 'content_block_start', index, content_block: block.start }, 'content_block_start'),
      ...block.deltas.map((one) => frame({ type: 'content_block_delta', index, delta: one }, 'content_block_delta')),
      frame({ type: 'content_block_stop', index }, 'content_block_stop'),
    ]),
    frame({ type: 'message_delta', delta, usage: output }, 'message_delta'),
    frame({ type: 'message_stop' }, 'message_stop'),
  ];
}

function finishOf(speech: Speech): string {
  return speech.finish ?? (speech.calls.length > 0 ? 'tool_use' : 'end_turn');
}
