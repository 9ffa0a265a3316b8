import { refusedField } from '../../model/error.ts';
import { Ask, type Origin } from '../../model/request.ts';
import { lastWordsOf } from '../last-words.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../request-spans.ts';
import { type Fields, isFields, numberOf } from './fields.ts';
import { requestOf } from './request-in.ts';

/**
 * Checks a request strictly, once, and names the field that is wrong. What the conversation says is decoded when
 * somebody looks. Kinds of parts that aren't known are left alone.
 * https://docs.cohere.com/reference/chat
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
  return Ask.arrived(
    { model, stream: stream === true, usageWanted: true, maxOutputTokens: numberOf(body['max_tokens']) },
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

function checkMessage({ role, content, tool_call_id: callId, tool_calls: calls }: Fields, at: string): void {
  if (!ROLES.has(role)) throw refusedField(`${at}.role`, 'must be “system”, “user”, “assistant” or “tool”');
  // What the model said may be calls alone.
  if (role !== 'assistant' || isSaid(content)) checkContent(content, `${at}.content`);
  if (role === 'tool' && typeof callId !== 'string') throw refusedField(`${at}.tool_call_id`, 'must be a text');
  if (role === 'assistant' && isSaid(calls)) checkList(calls, `${at}.tool_calls`, checkCall);
}

function checkContent(content: unknown, at: string): void {
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw refusedField(at, 'must be a text or a list of parts');
  checkList(content, at, ({ type, text }, part) => {
    if (typeof type !== 'string') throw refusedField(`${part}.type`, 'must say what kind of part it is');
    if (type === 'text' && typeof text !== 'string') throw refusedField(`${part}.text`, 'must be a text');
  });
}

function checkCall({ function: called }: Fields, at: string): void {
  if (!isFields(called) || typeof called['name'] !== 'string')
    throw refusedField(`${at}.function`, 'must name a function');
}

const NUMBERS = ['max_tokens', 'temperature', 'p', 'k', 'seed', 'frequency_penalty', 'presence_penalty'];
const OBJECTS = ['response_format', 'thinking', 'citation_options'];
const SWITCHES = ['logprobs', 'strict_tools'];

function checkSettings(body: Fields): void {
  for (const name of NUMBERS)
    if (isSaid(body[name]) && typeof body[name] !== 'number') throw refusedField(name, 'must be a number');
  for (const name of OBJECTS)
    if (isSaid(body[name]) && !isFields(body[name])) throw refusedField(name, 'must be an object');
  for (const name of SWITCHES)
    if (isSaid(body[name]) && typeof body[name] !== 'boolean') throw refusedField(name, 'must be true or false');
  const { stop_sequences: stop, tools, tool_choice: choice } = body;
  if (isSaid(stop) && !(Array.isArray(stop) && stop.every((one) => typeof one === 'string')))
    throw refusedField('stop_sequences', 'must be a list of texts');
  if (isSaid(tools)) checkList(tools, 'tools', () => undefined);
  if (isSaid(choice) && typeof choice !== 'string') throw refusedField('tool_choice', 'must be a text');
}
