import type { ScriptedUsage } from './behaviour.ts';
import { CREATED, frame, listOf, textOf, wordOf } from './voice.ts';
import type { Asked, Speech, Voice } from './voice.ts';

/** https://platform.openai.com/docs/api-reference/chat */
export const openaiChatVoice: Voice = {
  asked: askedOf,
  json: (speech) => ({
    ...envelope(speech, 'chat.completion'),
    choices: times(speech.choices).map((index) => ({
      index,
      message: message(speech),
      logprobs: null,
      finish_reason: finishOf(speech),
    })),
    ...(speech.usage && { usage: usageOf(speech.usage) }),
  }),
  frames,
  error: openaiError,
  errorFrame: (text) => frame(openaiError(500, text)),
  pings: [],
};

/** An error as OpenAI says it. */
export function openaiError(status: number, message: string): unknown {
  const [type, code] = ERROR_WORDS[status] ?? ['server_error', null];
  return { error: { message, type, param: null, code } };
}

/** Token numbers as OpenAI says them. */
export function usageOf({ input, output, cached = 0, reasoning = 0 }: ScriptedUsage): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  };
}

/** What an OpenAI-shaped request asks for. */
function askedOf(body: Readonly<Record<string, unknown>>): Asked {
  const options = body['stream_options'] as { include_usage?: unknown } | null | undefined;
  const messages = listOf(body['messages']);
  const users = messages.filter((one) => one['role'] === 'user');
  return {
    model: wordOf(body['model']),
    stream: body['stream'] === true,
    choices: typeof body['n'] === 'number' ? body['n'] : 1,
    includeUsage: options?.include_usage === true,
    answersTool: messages.at(-1)?.['role'] === 'tool',
    lastText: textOf(users.at(-1)?.['content']),
  };
}

const ERROR_WORDS: Readonly<Record<number, readonly [string, string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
};

function envelope({ id, model }: Speech, object: string): Readonly<Record<string, unknown>> {
  return { id: `chatcmpl-${id}`, object, created: CREATED, model, system_fingerprint: 'fp_scripted' };
}

function message(speech: Speech): unknown {
  const content = speech.calls.length > 0 ? null : speech.textPieces.join('');
  return {
    role: 'assistant',
    content,
    refusal: null,
    ...(speech.reasoning !== undefined && { reasoning_content: speech.reasoning }),
    ...(speech.calls.length > 0 && { tool_calls: speech.calls.map((one, index) => toolCall(speech, one, index)) }),
  };
}

function toolCall(speech: Speech, call: Speech['calls'][number], index: number): unknown {
  const { name, arguments: input } = call;
  return { id: `call_${speech.id}_${index}`, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function frames(speech: Speech): readonly Buffer[] {
  const head = envelope(speech, 'chat.completion.chunk');
  const usage = speech.includeUsage ? { usage: null } : {};
  const chunk = (index: number, delta: unknown, finish: string | null = null): Buffer =>
    frame({ ...head, choices: [{ index, delta, logprobs: null, finish_reason: finish }], ...usage });
  const each = times(speech.choices);
  return [
    ...each.map((index) => chunk(index, { role: 'assistant', content: '', refusal: null })),
    ...deltas(speech).flatMap((delta) => each.map((index) => chunk(index, delta))),
    ...each.map((index) => chunk(index, {}, finishOf(speech))),
    ...(speech.includeUsage && speech.usage ? [frame({ ...head, choices: [], usage: usageOf(speech.usage) })] : []),
    frame('[DONE]'),
  ];
}

function deltas(speech: Speech): readonly unknown[] {
  const thoughts = speech.reasoning === undefined ? [] : [{ reasoning_content: speech.reasoning }];
  if (speech.calls.length === 0) return [...thoughts, ...speech.textPieces.map((content) => ({ content }))];
  return [...thoughts, ...speech.calls.flatMap((call, index) => callDeltas(speech, call, index))];
}

function callDeltas(speech: Speech, call: Speech['calls'][number], index: number): readonly unknown[] {
  const input = JSON.stringify(call.arguments);
  const middle = Math.ceil(input.length / 2);
  const start = {
    index,
    id: `call_${speech.id}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: '' },
  };
  const rest = [input.slice(0, middle), input.slice(middle)];
  return [start, ...rest.map((part) => ({ index, function: { arguments: part } }))].map((one) => ({
    tool_calls: [one],
  }));
}

function finishOf(speech: Speech): string {
  return speech.finish ?? (speech.calls.length > 0 ? 'tool_calls' : 'stop');
}

function times(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
