import { type Check, invalid } from '../openai-checks.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/** Checks the conversation. Param names are only put together when something is wrong. */
export const checkMessages: Check = (messages) => {
  if (!Array.isArray(messages)) throw invalid('messages', 'must be a list');
  if (messages.length === 0) throw invalid('messages', 'must not be empty');
  for (let at = 0; at < messages.length; at += 1) checkMessage(messages[at], at);
};

function checkMessage(message: unknown, at: number): void {
  if (!isObject(message)) throw invalid(`messages[${at}]`, 'must be an object');
  const { role, content, name } = message;
  switch (role) {
    case 'user':
    case 'system':
    case 'developer':
      checkContent(content, at);
      break;
    case 'assistant':
      if (content !== undefined && content !== null) checkContent(content, at);
      checkToolCalls(message['tool_calls'], at);
      break;
    case 'tool':
      checkContent(content, at);
      if (typeof message['tool_call_id'] !== 'string') throw wrong(at, 'tool_call_id', 'must be a string');
      break;
    case 'function':
      if (content !== null) checkContent(content, at);
      break;
    case undefined:
      throw wrong(at, 'role', 'is missing');
    default:
      throw wrong(at, 'role', 'must be system, developer, user, assistant, tool or function');
  }
  if (name !== undefined && name !== null && typeof name !== 'string') throw wrong(at, 'name', 'must be a string');
}

function checkContent(content: unknown, at: number): void {
  if (typeof content === 'string') return;
  if (content === undefined) throw wrong(at, 'content', 'is missing');
  if (!Array.isArray(content)) throw wrong(at, 'content', 'must be a string or a list of parts');
  for (let part = 0; part < content.length; part += 1) checkPart(content[part], at, part);
}

function checkPart(part: unknown, at: number, index: number): void {
  const where = `content[${index}]`;
  if (!isObject(part)) throw wrong(at, where, 'must be an object');
  const { type } = part;
  if (typeof type !== 'string') throw wrong(at, `${where}.type`, 'must be a string');
  if (type === 'text' && typeof part['text'] !== 'string') throw wrong(at, `${where}.text`, 'must be a string');
  if (type === 'image_url' && !hasUrl(part['image_url'])) {
    throw wrong(at, `${where}.image_url`, 'must be an object with a url');
  }
}

function hasUrl(image: unknown): boolean {
  return typeof image === 'string' || (isObject(image) && typeof image['url'] === 'string');
}

function checkToolCalls(calls: unknown, at: number): void {
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) throw wrong(at, 'tool_calls', 'must be a list');
  for (let index = 0; index < calls.length; index += 1) checkToolCall(calls[index], at, index);
}

function checkToolCall(call: unknown, at: number, index: number): void {
  const where = `tool_calls[${index}]`;
  if (!isObject(call)) throw wrong(at, where, 'must be an object');
  if (isObject(call['custom'])) return checkNamed(call['custom'], at, `${where}.custom`);
  if (!isObject(call['function'])) throw wrong(at, `${where}.function`, 'must be an object');
  checkNamed(call['function'], at, `${where}.function`);
  const { arguments: input } = call['function'];
  // Mistral takes the arguments as an object, too.
  if (input !== undefined && input !== null && typeof input !== 'string' && !isObject(input)) {
    throw wrong(at, `${where}.function.arguments`, 'must be a string of JSON');
  }
}

function checkNamed(called: JsonObject, at: number, where: string): void {
  if (typeof called['name'] !== 'string') throw wrong(at, `${where}.name`, 'must be a string');
}

function wrong(at: number, field: string, what: string): ReturnType<typeof invalid> {
  return invalid(`messages[${at}].${field}`, what);
}
