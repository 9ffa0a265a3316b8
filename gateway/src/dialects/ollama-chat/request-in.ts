import type { ChatRequest, OutputFormat } from '../../model/request.ts';
import { DIALECT, type Fields, isEmpty, isFields, numberOf, present } from './fields.ts';
import { messagesOf } from './messages-in.ts';
import { optionsOf } from './options.ts';
import { reasoningOf } from './thinking.ts';
import { toolsOf } from './tools.ts';

/** The wire has no name for an output schema, and other wires demand one. */
const SCHEMA_NAME = 'response';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://docs.ollama.com/api/chat
 */
export function requestOf(body: Fields): ChatRequest {
  const { model, stream, messages, options, ...settings } = body;
  const { words, rest } = settingsOf(settings);
  const chosen = optionsOf(options);
  const isLeft = !isEmpty(chosen.rest) || (isFields(options) && isEmpty(options));
  return {
    model: model as string,
    messages: messagesOf(messages),
    stream: stream !== false,
    usageWanted: true,
    ...words,
    ...chosen.words,
    extra: {
      dialect: DIALECT,
      fields: { ...rest, ...(isLeft ? { options: chosen.rest } : {}) },
      spelling: { ...chosen.spelling, ...(stream === undefined ? { stream: 'absent' } : {}) },
    },
  };
}

/** What the settings mean, and those that we have no word for. */
function settingsOf(settings: Fields): { readonly words: Partial<ChatRequest>; readonly rest: Fields } {
  const { tools, format, think, logprobs, top_logprobs: top, ...unknown } = settings;
  const [output, reasoning] = [outputOf(format), reasoningOf(think)];
  const isTop = logprobs === true && typeof top === 'number';
  return {
    words: present({
      tools: Array.isArray(tools) ? toolsOf(tools) : undefined,
      output,
      reasoning,
      logprobs: logprobs === true ? (numberOf(top) ?? 0) : undefined,
    }),
    rest: {
      ...unknown,
      ...present({
        tools: Array.isArray(tools) ? undefined : tools,
        format: output ? undefined : format,
        think: reasoning ? undefined : think,
        logprobs: logprobs === true ? undefined : logprobs,
        top_logprobs: isTop ? undefined : top,
      }),
    },
  };
}

/** https://docs.ollama.com/capabilities/structured-outputs */
function outputOf(format: unknown): OutputFormat | undefined {
  if (format === 'json') return { type: 'json' };
  return isFields(format) ? { type: 'json-schema', name: SCHEMA_NAME, schema: format, strict: true } : undefined;
}
