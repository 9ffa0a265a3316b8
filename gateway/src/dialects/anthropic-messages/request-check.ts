import { GatewayError } from '../../model/error.ts';
import { Ask, type Origin } from '../../model/request.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../request-spans.ts';
import { lastWordsOf } from '../last-words.ts';
import { type Fields, isFields } from './fields.ts';
import { requestOf } from './request-in.ts';

/**
 * Checks a request strictly, once, and names the field that is wrong. What the conversation says is decoded when
 * somebody looks. Kinds of blocks that aren't known are left alone.
 * https://platform.claude.com/docs/en/api/messages
 */
export function readRequest(origin: Origin): Ask {
  requestSpans(origin); // each field stands once
  const { body } = origin;
  const { model, stream } = body;
  if (typeof model !== 'string' || model === '') throw invalid('model', 'a model name is required');
  if (model.length > MODEL_NAME_CHARS_MAX)
    throw invalid('model', `at most ${MODEL_NAME_CHARS_MAX} characters are expected`);
  if (stream !== undefined && typeof stream !== 'boolean') throw invalid('stream', 'true or false is expected');
  checkMaxTokens(body['max_tokens']);
  checkMessages(body['messages'], body['thread']);
  if (body['system'] !== undefined) checkContent(body['system'], 'system');
  checkOptions(body);
  return Ask.arrived(
    { model, stream: stream === true, usageWanted: true, maxOutputTokens: body['max_tokens'] as number },
    origin,
    () => requestOf(body),
    () => lastWordsOf(body),
  );
}

function invalid(param: string, what: string): GatewayError {
  return new GatewayError('request.invalid', `${param}: ${what}.`, { param });
}

/** 0 is allowed: it fills the prompt cache without an answer. */
function checkMaxTokens(maxTokens: unknown): void {
  if (maxTokens === undefined)
    throw invalid('max_tokens', 'Anthropic’s format requires it; a whole number is expected');
  if (!Number.isInteger(maxTokens) || (maxTokens as number) < 0) {
    throw invalid('max_tokens', 'a whole number of tokens, 0 or more, is expected');
  }
}

function checkMessages(messages: unknown, thread: unknown): void {
  if (!Array.isArray(messages)) throw invalid('messages', 'a list of messages is required');
  // A reply that paused is gone on with by saying nothing new.
  const goesOn = isFields(thread) && thread['type'] === 'continue';
  if (messages.length === 0 && !goesOn) throw invalid('messages', 'at least one message is required');
  for (let index = 0; index < messages.length; index += 1) checkMessage(messages[index], index);
}

function checkMessage(message: unknown, index: number): void {
  if (!isFields(message)) throw invalid(`messages[${index}]`, 'an object is expected');
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(`messages[${index}].role`, '“user”, “assistant” or “system” is expected');
  }
  checkContent(content, 'messages', index);
}

/** Strings are only put together for errors, since every message of every request comes by here. */
function checkContent(content: unknown, field: string, message?: number): void {
  if (typeof content === 'string') return;
  const path = message === undefined ? field : `${field}[${message}].content`;
  if (!Array.isArray(content)) throw invalid(path, 'a string or a list of blocks is expected');
  for (let index = 0; index < content.length; index += 1) {
    const block: unknown = content[index];
    if (!isFields(block)) throw invalid(`${path}[${index}]`, 'an object is expected');
    if (typeof block['type'] !== 'string') throw invalid(`${path}[${index}].type`, 'the kind of block is required');
    if (block['type'] === 'text' && typeof block['text'] !== 'string') {
      throw invalid(`${path}[${index}].text`, 'a string is expected');
    }
  }
}

function checkOptions(body: Fields): void {
  checkNumber(body, 'temperature', 1);
  checkNumber(body, 'top_p', 1);
  checkNumber(body, 'top_k', Number.POSITIVE_INFINITY);
  checkObjects(body['tools'], 'tools');
  checkStopSequences(body['stop_sequences']);
  for (const key of ['tool_choice', 'thinking'] as const) {
    const value = body[key];
    if (value === undefined) continue;
    if (!isFields(value)) throw invalid(key, 'an object is expected');
    if (typeof value['type'] !== 'string') throw invalid(`${key}.type`, 'a string is expected');
  }
  for (const key of ['metadata', 'output_config'] as const) {
    if (body[key] !== undefined && !isFields(body[key])) throw invalid(key, 'an object is expected');
  }
}

function checkNumber(body: Fields, key: string, max: number): void {
  const value = body[key];
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= max)) return;
  throw invalid(key, max === 1 ? 'a number from 0 to 1 is expected' : 'a number, 0 or more, is expected');
}

function checkObjects(values: unknown, key: string): void {
  if (values === undefined) return;
  if (!Array.isArray(values)) throw invalid(key, 'a list is expected');
  const wrong = values.findIndex((value) => !isFields(value));
  if (wrong !== -1) throw invalid(`${key}[${wrong}]`, 'an object is expected');
}

function checkStopSequences(stop: unknown): void {
  if (stop === undefined) return;
  if (!Array.isArray(stop)) throw invalid('stop_sequences', 'a list of strings is expected');
  const wrong = stop.findIndex((sequence) => typeof sequence !== 'string');
  if (wrong !== -1) throw invalid(`stop_sequences[${wrong}]`, 'a string is expected');
}
