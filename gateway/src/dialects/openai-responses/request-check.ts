import { Ask, type Origin } from '../../model/request.ts';
import {
  aBoolean,
  aNumber,
  anInteger,
  anObject,
  aString,
  type Check,
  fieldRules,
  invalid,
  readHead,
} from '../openai-checks.ts';
import { type Fields, isFields, textOf } from './fields.ts';
import { requestOf } from './request-in.ts';

const ROLES: ReadonlySet<unknown> = new Set(['user', 'assistant', 'system', 'developer']);

/** Checks the conversation. Kinds of items that aren't known are left alone. */
const checkInput: Check = (input, param) => {
  if (typeof input === 'string') return;
  if (!Array.isArray(input)) throw invalid(param, 'must be a string or a list of items');
  for (let index = 0; index < input.length; index += 1) checkItem(input[index], `${param}[${index}]`);
};

function checkItem(item: unknown, at: string): void {
  if (!isFields(item)) throw invalid(at, 'must be an object');
  const { type, role, content } = item;
  if (type !== undefined && typeof type !== 'string') throw invalid(`${at}.type`, 'must be a string');
  if (type !== undefined && type !== 'message') return;
  if (!ROLES.has(role)) throw invalid(`${at}.role`, 'must be user, assistant, system or developer');
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw invalid(`${at}.content`, 'must be a string or a list of parts');
  for (let index = 0; index < content.length; index += 1) checkPart(content[index], `${at}.content[${index}]`);
}

function checkPart(part: unknown, at: string): void {
  if (!isFields(part)) throw invalid(at, 'must be an object');
  const { type, text } = part;
  if (typeof type !== 'string') throw invalid(`${at}.type`, 'must be a string');
  if ((type === 'input_text' || type === 'output_text') && typeof text !== 'string') {
    throw invalid(`${at}.text`, 'must be a string');
  }
}

const checkTools: Check = (tools, param) => {
  if (!Array.isArray(tools)) throw invalid(param, 'must be a list');
  for (let index = 0; index < tools.length; index += 1) {
    const tool: unknown = tools[index];
    if (!isFields(tool)) throw invalid(`${param}[${index}]`, 'must be an object');
    if (typeof tool['type'] !== 'string') throw invalid(`${param}[${index}].type`, 'must be a string');
    if (tool['type'] === 'function' && (textOf(tool['name']) ?? '') === '') {
      throw invalid(`${param}[${index}].name`, 'must be a string that is not empty');
    }
  }
};

const checkToolChoice: Check = (choice, param) => {
  if (typeof choice === 'string') return;
  if (!isFields(choice)) throw invalid(param, 'must be a string or an object');
  aString(choice['type'], `${param}.type`);
};

/** https://platform.openai.com/docs/api-reference/responses/create */
const RULES = fieldRules({
  input: checkInput,
  instructions: aString,
  stream: aBoolean,
  tools: checkTools,
  tool_choice: checkToolChoice,
  parallel_tool_calls: aBoolean,
  max_output_tokens: anInteger(1),
  temperature: aNumber(0, 2),
  top_p: aNumber(0, 1),
  top_logprobs: anInteger(0, 20),
  text: anObject,
  reasoning: anObject,
  metadata: anObject,
  previous_response_id: aString,
  store: aBoolean,
  background: aBoolean,
  user: aString,
  service_tier: aString,
});

/** Fields that say what is asked instead of `input`, or where it goes on. */
const INSTEAD_OF_INPUT = ['previous_response_id', 'conversation', 'prompt'] as const;

/** Checks a request strictly, once, and names the field that is wrong. Fields it doesn't know are the provider's business. */
export function readRequest(origin: Origin): Ask {
  const { body } = origin;
  const { model, stream } = readHead(origin, RULES);
  const { input, max_output_tokens: most } = body;
  const isSaid = input !== undefined && input !== null;
  if (!isSaid && INSTEAD_OF_INPUT.every((field) => !isThere(body[field]))) throw invalid('input', 'is missing');
  return Ask.arrived(
    { model, stream, usageWanted: true, maxOutputTokens: typeof most === 'number' ? most : undefined },
    origin,
    () => requestOf(body),
    () => lastWordsOf(input),
  );
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function lastWordsOf(input: unknown): string | undefined {
  if (typeof input === 'string') return input;
  const last: unknown = Array.isArray(input) ? input.at(-1) : undefined;
  if (!isFields(last) || last['role'] !== 'user' || !isMessage(last)) return undefined;
  const { content } = last;
  if (typeof content === 'string') return content;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const text = parts.find((part) => isFields(part) && TEXTS.has(part['type']));
  return isFields(text) ? textOf(text['text']) : undefined;
}

const TEXTS: ReadonlySet<unknown> = new Set(['input_text', 'output_text', 'text']);

function isMessage({ type }: Fields): boolean {
  return type === undefined || type === 'message';
}
