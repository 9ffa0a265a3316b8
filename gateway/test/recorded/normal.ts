import type { DialectId } from '../../src/model/request.ts';
import { isObject, type Json, type JsonObject } from './independent.ts';
import { normalGeminiRequest } from './normal-gemini.ts';

/**
 * A request with the few differences taken out that mean nothing to a provider:
 * - `null`, and `stream: false`, are the same as nothing;
 * - a text alone is the same as a list of one text part;
 * - the texts of one of Mistral's `thinking` parts are the same as their sum.
 */
export function normalRequest(dialect: DialectId, body: JsonObject): Json {
  if (dialect === 'gemini-content') return withoutNulls(normalGeminiRequest(body));
  if (dialect === 'bedrock-converse') return withoutNulls(normalBedrockRequest(body));
  const { stream, ...rest } = body;
  const said = stream === true ? body : rest;
  return withoutNulls({ ...said, ...normalMessages(dialect, said) });
}

/** Settings without any are none; model and stream stand in the path. */
function normalBedrockRequest({ model: _model, stream: _stream, ...body }: JsonObject): JsonObject {
  const isSaid = (value: Json): boolean => typeof value !== 'object' || Object.keys(value ?? {}).length > 0;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => isSaid(value)));
}

function normalMessages(dialect: DialectId, body: JsonObject): JsonObject {
  const messages = Array.isArray(body['messages']) ? body['messages'].map(normalMessage) : [];
  const system = dialect === 'anthropic-messages' && body['system'] !== undefined;
  return { messages, ...(system ? { system: asParts(body['system']) } : {}) };
}

function normalMessage(message: Json): Json {
  return isObject(message) ? { ...message, content: normalContent(message['content']) } : message;
}

function normalContent(content: Json | undefined): Json {
  const parts = asParts(content);
  return Array.isArray(parts) ? parts.map(normalPart) : parts;
}

function normalPart(part: Json): Json {
  if (!isObject(part)) return part;
  if (part['type'] === 'tool_result') return { ...part, content: asParts(part['content']) };
  return Array.isArray(part['thinking']) ? { ...part, thinking: joinedText(part['thinking']) } : part;
}

function joinedText(parts: readonly Json[]): Json {
  return parts.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

function asParts(content: Json | undefined): Json {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? null);
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}
