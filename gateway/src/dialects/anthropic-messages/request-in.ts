import type { ChatRequest, Message, OutputFormat } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, present, Reading } from './fields.ts';
import { contentSpelling, partsOf } from './parts-in.ts';
import { reasoningOf } from './thinking.ts';
import { toolChoiceOf, toolOf } from './tools.ts';

/** The wire has no name for an output schema, and other wires demand one. */
const SCHEMA_NAME = 'response';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://platform.claude.com/docs/en/api/messages
 */
export function requestOf(body: Fields): ChatRequest {
  const reading = new Reading(body, ['model', 'messages', 'stream', 'system', 'tools', 'tool_choice', 'thinking']);
  const outputConfig = reading.object('output_config');
  const legacyFormat = outputConfig?.['format'] === undefined ? body['output_format'] : undefined;
  const output = outputOf(outputConfig?.['format'] ?? legacyFormat);
  if (legacyFormat !== undefined && output) reading.object('output_format');
  const { wish, rest: thinkingRest } = reasoningOf(body['thinking'], outputConfig?.['effort']);
  const metadata = reading.object('metadata');
  const modelled = present({
    maxOutputTokens: reading.number('max_tokens'),
    temperature: reading.number('temperature'),
    topP: reading.number('top_p'),
    topK: reading.number('top_k'),
    stop: reading.list('stop_sequences') as readonly string[] | undefined,
    serviceTier: reading.text('service_tier'),
    endUser: typeof metadata?.['user_id'] === 'string' ? metadata['user_id'] : undefined,
    tools: Array.isArray(body['tools']) ? body['tools'].map(toolOf) : undefined,
    reasoning: wish,
    output,
  });
  const leftovers = present({
    thinking: thinkingRest,
    metadata: unread(metadata, typeof metadata?.['user_id'] === 'string' ? ['user_id'] : []),
    output_config: unread(outputConfig, [
      ...(typeof outputConfig?.['effort'] === 'string' ? ['effort'] : []),
      ...(output && legacyFormat === undefined ? ['format'] : []),
    ]),
  });
  return {
    model: body['model'] as string,
    messages: messagesOf(body),
    stream: body['stream'] === true,
    usageWanted: true,
    ...modelled,
    ...toolChoiceOf(body['tool_choice']),
    extra: {
      dialect: DIALECT,
      fields: { ...reading.rest(), ...leftovers },
      ...present({ spelling: requestSpelling(body, legacyFormat !== undefined && output !== undefined) }),
    },
  };
}

function requestSpelling(body: Fields, isLegacyFormat: boolean): Fields | undefined {
  const isStreamDenied = body['stream'] === false;
  if (!isStreamDenied && !isLegacyFormat) return undefined;
  return { ...(isStreamDenied ? { stream: false } : {}), ...(isLegacyFormat ? { format: 'output_format' } : {}) };
}

function unread(fields: Fields | undefined, taken: readonly string[]): Fields | undefined {
  return fields && new Reading(fields, taken).rest();
}

/** `output_config.format`, and `output_format`, as it was called in the beta. */
function outputOf(format: unknown): OutputFormat | undefined {
  if (!isFields(format) || format['type'] !== 'json_schema' || Object.keys(format).length !== 2) return undefined;
  const schema = format['schema'];
  return isFields(schema) ? { type: 'json-schema', name: SCHEMA_NAME, schema, strict: true } : undefined;
}

function messagesOf(body: Fields): readonly Message[] {
  const messages = (body['messages'] as readonly Fields[]).map(messageOf);
  const { system } = body;
  if (system === undefined) return messages;
  const extra = new Reading({}).extra(contentSpelling(system));
  return [{ role: 'system', content: partsOf(system), ...present({ extra }) }, ...messages];
}

/** A system message among the others keeps its place. */
function messageOf(message: Fields): Message {
  const reading = new Reading(message, ['role', 'content']);
  const role = message['role'] as 'system' | 'user' | 'assistant';
  const place = role === 'system' ? { place: 'messages' } : {};
  const extra = reading.extra({ ...contentSpelling(message['content']), ...place });
  return { role, content: partsOf(message['content']), ...present({ extra }) };
}
