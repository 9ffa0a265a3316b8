import type { ScriptedUsage } from './behaviour.ts';
import { type Asked, CREATED, listOf, type Speech, type Voice, wordOf } from './voice.ts';

const CREATED_AT = new Date(CREATED * 1000).toISOString();

/** https://docs.ollama.com/api/chat and https://docs.ollama.com/api/errors */
export const ollamaVoice: Voice = {
  asked,
  json: (speech) => ({ ...lineOf(speech, wholeMessage(speech)), ...endOf(speech) }),
  frames,
  streamType: 'application/x-ndjson',
  error: (_status, message) => ({ error: message }),
  errorFrame: (message) => said({ error: message }),
  pings: [Buffer.from('\n')],
  frameOf: (content) => Buffer.from(`${content}\n`),
};

/** It streams unless it is told not to. */
function asked(body: Readonly<Record<string, unknown>>): Asked {
  const messages = listOf(body['messages']);
  return {
    model: wordOf(body['model']),
    stream: body['stream'] !== false,
    choices: 1,
    includeUsage: true,
    answersTool: messages.at(-1)?.['role'] === 'tool',
    lastText: wordOf(messages.findLast((one) => one['role'] === 'user')?.['content']),
  };
}

function lineOf({ model }: Speech, message: object): object {
  return { model, created_at: CREATED_AT, message: { role: 'assistant', content: '', ...message }, done: false };
}

/** The first line says nothing yet. */
function frames(speech: Speech): readonly Buffer[] {
  const { reasoning, calls, textPieces } = speech;
  const messages = [
    {},
    ...(reasoning === undefined ? [] : [{ thinking: reasoning }]),
    ...(calls.length > 0 ? calls.map((call) => callsOf([call])) : textPieces.map((content) => ({ content }))),
  ];
  const lines = messages.map((message) => said(lineOf(speech, message)));
  return [...lines, said({ ...lineOf(speech, {}), ...endOf(speech) })];
}

function wholeMessage({ reasoning, calls, textPieces }: Speech): object {
  return {
    content: calls.length > 0 ? '' : textPieces.join(''),
    ...(reasoning === undefined ? {} : { thinking: reasoning }),
    ...(calls.length > 0 ? callsOf(calls) : {}),
  };
}

function callsOf(calls: Speech['calls']): object {
  return { tool_calls: calls.map(({ name, arguments: input }) => ({ function: { name, arguments: input } })) };
}

function endOf({ finish, usage }: Speech): object {
  return { done: true, done_reason: finish ?? 'stop', total_duration: 4_000_000, ...(usage && usageOf(usage)) };
}

function usageOf({ input, output }: ScriptedUsage): object {
  return { prompt_eval_count: input, prompt_eval_duration: 1_000_000, eval_count: output, eval_duration: 2_000_000 };
}

function said(line: object): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
