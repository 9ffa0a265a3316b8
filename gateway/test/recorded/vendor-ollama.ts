import type { Wire } from '../../src/model/reply.ts';
import { bodiesOf, isObject, type JsonObject } from './independent.ts';
import type { Said } from './vendors.ts';

/**
 * Reads a reply of Ollama's as its reference tells, without any of our code. Throws where a client would.
 * https://docs.ollama.com/api/chat and https://docs.ollama.com/api/streaming
 */
export function saidToOllama(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const lines = bodiesOf({ form, reply: bytes });
  const last = lines.at(-1);
  const isDone = last?.['done'] === true && lines.slice(0, -1).every(({ done }) => done === false);
  if (!last || !isDone || (form === 'json' && lines.length > 1)) return Promise.reject(new Error('No reply.'));
  const messages = lines.map(messageOf);
  const calls = messages.flatMap(({ tool_calls: called }) => (Array.isArray(called) ? called.map(callOf) : []));
  const finish = last['done_reason'] === 'stop' && calls.length > 0 ? 'tools' : last['done_reason'];
  return Promise.resolve({
    text: messages.map(({ content }) => (typeof content === 'string' ? content : '')).join(''),
    calls,
    finish: typeof finish === 'string' ? finish : 'other',
    inputTokens: countOf(last['prompt_eval_count']),
    outputTokens: countOf(last['eval_count']),
  });
}

/** Every line says who wrote it, when, and a text, even if that is empty. */
function messageOf({ model, created_at: createdAt, message }: JsonObject): JsonObject {
  if (typeof model !== 'string' || !isObject(message) || message['role'] !== 'assistant')
    throw new Error('This is no line of a reply.');
  if (createdAt !== undefined && !(typeof createdAt === 'string' && Date.parse(createdAt) > 0))
    throw new Error('That is no time.');
  if (typeof message['content'] !== 'string') throw new Error('There is no text.');
  return message;
}

/** Arguments are an object, never its JSON. */
function callOf(call: unknown): Said['calls'][number] {
  const called = isObject(call as JsonObject) ? (call as JsonObject)['function'] : undefined;
  if (!isObject(called) || typeof called['name'] !== 'string' || !isObject(called['arguments']))
    throw new Error('That is no call.');
  return { name: called['name'], input: called['arguments'] };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
