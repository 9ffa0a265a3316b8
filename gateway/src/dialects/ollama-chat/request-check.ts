import { refusedField } from '../../model/error.ts';
import { Ask, type Origin } from '../../model/request.ts';
import { lastWordsOf } from '../last-words.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../request-spans.ts';
import { type Fields, isFields } from './fields.ts';
import { mostTokensOf, NUMBERED } from './options.ts';
import { requestOf } from './request-in.ts';

/**
 * Checks a request strictly, once, and names the field that is wrong. What the conversation says is decoded when
 * somebody looks. An answer is streamed unless the caller says no.
 * https://docs.ollama.com/api/chat
 */
export function readRequest(origin: Origin): Ask {
  requestSpans(origin); // each field stands once
  const { body } = origin;
  const { model, stream } = body;
  if (typeof model !== 'string' || model === '') throw refusedField('model', 'must name a model');
  if (model.length > MODEL_NAME_CHARS_MAX)
    throw refusedField('model', `must have at most ${MODEL_NAME_CHARS_MAX} characters`);
  if (isSaid(stream) && typeof stream !== 'boolean') throw refusedField('stream', 'must be true or false');
  checkList(body['messages'], 'messages', checkMessage);
  checkSettings(body);
  checkOptions(body['options']);
  return Ask.arrived(
    { model, stream: stream !== false, usageWanted: true, maxOutputTokens: mostTokensOf(body['options']) },
    origin,
    () => requestOf(body),
    () => lastWordsOf(body),
  );
}

/** `null` is the same as nothing. */
function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function checkList(value: unknown, at: string, check: (item: Fields, at: string) => void): void {
  if (!Array.isArray(value)) throw refusedField(at, 'must be a list');
  (value as readonly unknown[]).forEach((item, index) => {
    if (!isFields(item)) throw refusedField(`${at}[${index}]`, 'must be an object');
    check(item, `${at}[${index}]`);
  });
}

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);

function checkMessage({ role, content, images, tool_calls: calls }: Fields, at: string): void {
  if (!ROLES.has(role)) throw refusedField(`${at}.role`, 'must be “system”, “user”, “assistant” or “tool”');
  if (isSaid(content) && typeof content !== 'string') throw refusedField(`${at}.content`, 'must be a text');
  if (isSaid(images) && !isTexts(images)) throw refusedField(`${at}.images`, 'must be a list of texts in base64');
  if (isSaid(calls)) checkList(calls, `${at}.tool_calls`, checkCall);
}

function checkCall({ function: called }: Fields, at: string): void {
  if (!isFields(called) || typeof called['name'] !== 'string')
    throw refusedField(`${at}.function`, 'must name a function');
  const { arguments: input } = called;
  if (isSaid(input) && !isFields(input)) throw refusedField(`${at}.function.arguments`, 'must be an object');
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function checkSettings({ tools, format, think, options, logprobs, top_logprobs: top }: Fields): void {
  if (isSaid(tools)) checkList(tools, 'tools', () => undefined);
  if (isSaid(format) && format !== '' && format !== 'json' && !isFields(format))
    throw refusedField('format', 'must be “json” or a JSON Schema');
  if (isSaid(think) && typeof think !== 'boolean' && typeof think !== 'string')
    throw refusedField('think', 'must be true, false or a level');
  if (isSaid(options) && !isFields(options)) throw refusedField('options', 'must be an object');
  if (isSaid(logprobs) && typeof logprobs !== 'boolean') throw refusedField('logprobs', 'must be true or false');
  if (isSaid(top) && typeof top !== 'number') throw refusedField('top_logprobs', 'must be a number');
}

function checkOptions(options: unknown): void {
  if (!isFields(options)) return;
  for (const name of NUMBERED)
    if (isSaid(options[name]) && typeof options[name] !== 'number')
      throw refusedField(`options.${name}`, 'must be a number');
  const { stop } = options;
  if (isSaid(stop) && typeof stop !== 'string' && !isTexts(stop))
    throw refusedField('options.stop', 'must be a text or a list of texts');
}
