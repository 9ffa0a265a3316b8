import { Ask, type Origin } from '../../model/request.ts';
import {
  aBoolean,
  anInteger,
  anObject,
  aString,
  type Check,
  fieldRules,
  invalid,
  readHead,
  SHARED_CHECKS,
} from '../openai-checks.ts';
import { isObject } from '../json-object.ts';
import { lastWordsOf } from '../last-words.ts';
import { checkMessages } from './check-messages.ts';
import { checkToolChoice, checkTools } from './check-tools.ts';
import { decodeChatRequest } from './decode-request.ts';

const aResponseFormat: Check = (value, param) => {
  if (!isObject(value)) throw invalid(param, 'must be an object');
  aString(value['type'], `${param}.type`);
};

const aList: Check = (value, param) => {
  if (!Array.isArray(value)) throw invalid(param, 'must be a list');
};

/** https://platform.openai.com/docs/api-reference/chat/create */
const RULES = fieldRules({
  ...SHARED_CHECKS,
  messages: checkMessages,
  max_completion_tokens: anInteger(1),
  logprobs: aBoolean,
  top_logprobs: anInteger(0, 20),
  tools: checkTools,
  tool_choice: checkToolChoice,
  parallel_tool_calls: aBoolean,
  response_format: aResponseFormat,
  reasoning_effort: aString,
  service_tier: aString,
  functions: aList,
  prediction: anObject,
});

/** Checks a chat completion request. Fields it doesn't know are the provider's business. */
export function readChatRequest(origin: Origin): Ask {
  const head = readHead(origin, RULES);
  const messages = origin.body['messages'];
  if (messages === undefined || messages === null) throw invalid('messages', 'is missing');
  return Ask.arrived(
    head,
    origin,
    () => decodeChatRequest(origin.body),
    () => lastWordsOf(origin.body),
  );
}
