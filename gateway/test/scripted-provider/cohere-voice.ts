import type { ScriptedUsage } from './behaviour.ts';
import { type Asked, frame, listOf, type Speech, textOf, type Voice, wordOf } from './voice.ts';

/** https://docs.cohere.com/reference/chat */
export const cohereVoice: Voice = {
  asked,
  json: (speech) => ({
    id: speech.id,
    message: messageOf(speech),
    finish_reason: finishOf(speech),
    ...(speech.usage && { usage: usageOf(speech.usage) }),
  }),
  frames,
  error: (_status, message) => ({ id: 'scripted', message }),
  errorFrame: (message) => event('message-end', { delta: { finish_reason: 'ERROR', error: message } }),
  pings: [],
};

function asked(body: Readonly<Record<string, unknown>>): Asked {
  const messages = listOf(body['messages']);
  const users = messages.filter((one) => one['role'] === 'user');
  return {
    model: wordOf(body['model']),
    stream: body['stream'] === true,
    choices: 1,
    includeUsage: true,
    answersTool: messages.at(-1)?.['role'] === 'tool',
    lastText: textOf(users.at(-1)?.['content']),
  };
}

function usageOf({ input, output, cached, reasoning }: ScriptedUsage): unknown {
  return {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: {
      input_tokens: input,
      output_tokens: output,
      ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
    },
    ...(cached === undefined ? {} : { cached_tokens: cached }),
  };
}

function finishOf({ finish, calls }: Speech): string {
  return finish ?? (calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE');
}

function callOf({ name }: Speech['calls'][number], index: number, input: string): unknown {
  return { id: `${name}_scripted${index}`, type: 'function', function: { name, arguments: input } };
}

function messageOf({ reasoning, calls, textPieces }: Speech): unknown {
  const thoughts = reasoning === undefined ? [] : [{ type: 'thinking', thinking: reasoning }];
  const content = [...thoughts, ...(calls.length > 0 ? [] : [{ type: 'text', text: textPieces.join('') }])];
  return {
    role: 'assistant',
    ...(content.length > 0 ? { content } : {}),
    ...(calls.length > 0
      ? { tool_calls: calls.map((call, index) => callOf(call, index, JSON.stringify(call.arguments))) }
      : {}),
  };
}

/** The first frame says nothing yet. */
function frames(speech: Speech): readonly Buffer[] {
  const { id, reasoning, calls, textPieces, usage } = speech;
  const parts = [
    ...(reasoning === undefined ? [] : [{ type: 'thinking' as const, pieces: [reasoning] }]),
    ...(calls.length > 0 ? [] : [{ type: 'text' as const, pieces: textPieces }]),
  ];
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  return [
    event('message-start', { id, delta: { message } }),
    ...parts.flatMap(({ type, pieces }, index) => contentFrames(type, pieces, index)),
    ...calls.flatMap((call, index) => callFrames(call, index)),
    event('message-end', { delta: { finish_reason: finishOf(speech), ...(usage && { usage: usageOf(usage) }) } }),
    frame('[DONE]'),
  ];
}

function contentFrames(type: 'text' | 'thinking', pieces: readonly string[], index: number): readonly Buffer[] {
  const delta = (content: object) => ({ index, delta: { message: { content } } });
  return [
    event('content-start', delta({ type, [type]: '' })),
    ...pieces.map((piece) => event('content-delta', delta({ [type]: piece }))),
    event('content-end', { index }),
  ];
}

function callFrames(call: Speech['calls'][number], index: number): readonly Buffer[] {
  const delta = (said: unknown) => ({ index, delta: { message: { tool_calls: said } } });
  return [
    event('tool-call-start', delta(callOf(call, index, ''))),
    event('tool-call-delta', delta({ function: { arguments: JSON.stringify(call.arguments) } })),
    event('tool-call-end', { index }),
  ];
}

function event(type: string, fields: object): Buffer {
  return frame({ type, ...fields }, type);
}
