import type { ChatRequest, OutputFormat } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, numberOf, present } from './fields.ts';
import { messagesOf, withDocuments } from './messages-in.ts';
import { reasoningOf } from './thinking.ts';
import { toolChoiceOf, toolsOf } from './tools.ts';

/** The wire has no name for an output schema, and other wires demand one. */
const SCHEMA_NAME = 'response';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://docs.cohere.com/reference/chat
 */
export function requestOf(body: Fields): ChatRequest {
  const { model, stream, messages, documents, ...settings } = body;
  const said = messagesOf(messages);
  const informed = withDocuments(said, documents);
  const { words, rest } = settingsOf(settings);
  return {
    model: model as string,
    messages: informed ?? said,
    stream: stream === true,
    usageWanted: true,
    ...words,
    extra: {
      dialect: DIALECT,
      fields: { ...rest, ...(informed || documents === undefined ? {} : { documents }) },
      ...(stream === false ? { spelling: { stream } } : {}),
    },
  };
}

/** What the settings mean, and those that we have no word for. */
function settingsOf(settings: Fields): { readonly words: Partial<ChatRequest>; readonly rest: Fields } {
  const { tools, tool_choice: choice, strict_tools: strict, stop_sequences: stop, logprobs, ...others } = settings;
  const { response_format: format, thinking, ...numbers } = others;
  const output = outputOf(format);
  const reasoning = reasoningOf(thinking);
  const { max_tokens, temperature, p, k, seed, frequency_penalty, presence_penalty, ...unknown } = numbers;
  const counted = { max_tokens, temperature, p, k, seed, frequency_penalty, presence_penalty };
  const isStrict = strict === true && Array.isArray(tools) && tools.length > 0;
  return {
    words: present({
      tools: Array.isArray(tools) ? toolsOf(tools, isStrict) : undefined,
      toolChoice: typeof choice === 'string' ? toolChoiceOf(choice) : undefined,
      maxOutputTokens: numberOf(max_tokens),
      temperature: numberOf(temperature),
      topP: numberOf(p),
      topK: numberOf(k),
      seed: numberOf(seed),
      frequencyPenalty: numberOf(frequency_penalty),
      presencePenalty: numberOf(presence_penalty),
      stop: Array.isArray(stop) ? (stop as readonly string[]) : undefined,
      logprobs: logprobs === true ? 0 : undefined,
      output,
      reasoning,
    }),
    rest: {
      ...unknown,
      ...unread(counted, (value) => typeof value === 'number'),
      ...unread({ tools, stop_sequences: stop }, Array.isArray),
      ...unread({ tool_choice: choice }, (value) => typeof value === 'string'),
      ...unread({ strict_tools: strict }, () => isStrict),
      ...unread({ logprobs }, (value) => value === true),
      ...unread({ response_format: format }, () => output !== undefined),
      ...unread({ thinking }, () => reasoning !== undefined),
    },
  };
}

/** The fields that are there and weren't read. */
function unread(fields: Fields, isRead: (value: unknown) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && !isRead(value)));
}

/** https://docs.cohere.com/docs/structured-outputs */
function outputOf(format: unknown): OutputFormat | undefined {
  if (!isFields(format)) return undefined;
  const { type, json_schema: schema, ...rest } = format;
  if (Object.keys(rest).length > 0) return undefined;
  if (type === 'text' && schema === undefined) return { type: 'text' };
  if (type !== 'json_object') return undefined;
  if (schema === undefined) return { type: 'json' };
  return isFields(schema) ? { type: 'json-schema', name: SCHEMA_NAME, schema, strict: true } : undefined;
}
