import type { ChatRequest, Message } from '../../model/request.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject, unknownFields } from '../json-object.ts';
import { readSampling, type RequestDraft, SAMPLING_FIELDS } from '../openai-sampling.ts';

const KNOWN_FIELDS = new Set([...SAMPLING_FIELDS, 'model', 'prompt', 'max_tokens', 'logprobs']);

/** What these fields say when they ask for nothing; asking nothing is no loss in another dialect. */
const IDLE: JsonObject = { echo: false, best_of: 1, suffix: '' };

/** Says a checked request in neutral words: the prompt is what the user says. */
export function decodeCompletionRequest(body: JsonObject): ChatRequest {
  const fields = unknownFields(body, KNOWN_FIELDS);
  const spelling: JsonDraft = {};
  for (const [field, idle] of Object.entries(IDLE)) {
    if (fields[field] === null) delete fields[field];
    else if (fields[field] === idle) {
      delete fields[field];
      spelling[field] = idle;
    }
  }
  const draft: RequestDraft = {};
  readSampling(body, draft, spelling);
  const { max_tokens: max, logprobs, stream_options: options } = body;
  if (typeof max === 'number') draft.maxOutputTokens = max;
  if (typeof logprobs === 'number') draft.logprobs = logprobs;
  const messages = [userMessage(body['prompt'], spelling)];
  const stream = body['stream'] === true;
  return {
    ...draft,
    model: body['model'] as string,
    messages,
    stream,
    usageWanted: stream && isObject(options) && options['include_usage'] === true,
    ...(hasFields(fields) || hasFields(spelling) ? { extra: { dialect: 'openai-completions', fields, spelling } } : {}),
  };
}

/** Several prompts at once, and prompts in tokens, are things that only this dialect has. */
function userMessage(prompt: unknown, spelling: JsonDraft): Message {
  const only: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof only !== 'string') {
    return { role: 'user', content: [{ type: 'native', dialect: 'openai-completions', value: prompt }] };
  }
  if (only !== prompt) spelling['prompt'] = 'list';
  return { role: 'user', content: [{ type: 'text', text: only }] };
}
