import { Ask, type Origin } from '../../model/request.ts';
import {
  aBoolean,
  anInteger,
  aString,
  type Check,
  fieldRules,
  invalid,
  readHead,
  SHARED_CHECKS,
} from '../openai-checks.ts';
import { decodeCompletionRequest } from './decode-request.ts';

/** A text, several, or the same as token numbers. */
const aPrompt: Check = (prompt, param) => {
  if (typeof prompt === 'string') return;
  const isList = Array.isArray(prompt) && prompt.length > 0;
  const isKnown = isList && [isText, isToken, isTokenList].some((isKind) => (prompt as unknown[]).every(isKind));
  if (!isKnown) throw invalid(param, 'must be a string, a list of strings, or a list of tokens');
};

function isText(item: unknown): boolean {
  return typeof item === 'string';
}

function isToken(item: unknown): boolean {
  return Number.isInteger(item);
}

function isTokenList(item: unknown): boolean {
  return Array.isArray(item) && item.every(isToken);
}

/** Most alternatives a host may be asked for; OpenAI itself gives 5. */
const LOGPROBS_MAX = 20;

const RULES = fieldRules({
  ...SHARED_CHECKS,
  prompt: aPrompt,
  max_tokens: anInteger(0),
  best_of: anInteger(0, 20),
  echo: aBoolean,
  logprobs: anInteger(0, LOGPROBS_MAX),
  suffix: aString,
});

/** Each prompt of a list is answered, and the answers that lose against the best are paid for as well. */
function answersBilled({ prompt, n, best_of: tried }: Origin['body']): number {
  const prompts = Array.isArray(prompt) && !prompt.every(isToken) ? prompt.length : 1;
  return prompts * Math.max(typeof n === 'number' ? n : 1, typeof tried === 'number' ? tried : 1);
}

/** Checks a text completion request. Fields it doesn't know are the provider's business. */
export function readCompletionRequest(origin: Origin): Ask {
  const head = readHead(origin, RULES);
  const prompt = origin.body['prompt'];
  if (prompt === undefined || prompt === null) throw invalid('prompt', 'is missing');
  return Ask.arrived(
    { ...head, answersBilled: answersBilled(origin.body) },
    origin,
    () => decodeCompletionRequest(origin.body),
    () => (typeof prompt === 'string' ? prompt : undefined),
  );
}
