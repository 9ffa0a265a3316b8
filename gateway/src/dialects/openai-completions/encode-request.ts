import type { ChatRequest, Message, Part } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import type { JsonDraft, JsonObject } from '../json-object.ts';
import { Losses } from '../openai-losses.ts';
import { writeSampling } from '../openai-sampling.ts';

/** Writes a request. A conversation becomes a transcript that the model is to go on with. */
export function encodeCompletionRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  const { extra } = request;
  const isOwn = extra?.dialect === 'openai-completions';
  const { prompt: form, ...spelling } = isOwn ? (extra.spelling ?? {}) : {};
  if (extra && !isOwn) losses.foreign(extra.fields);
  const prompt = promptOf(request.messages, losses);
  const wire: JsonDraft = {
    ...(isOwn ? extra.fields : {}),
    ...idleFields(spelling),
    model,
    prompt: form === 'list' && typeof prompt === 'string' ? [prompt] : prompt,
    ...writeSampling(request, spelling),
  };
  if (request.maxOutputTokens !== undefined) wire['max_tokens'] = request.maxOutputTokens;
  if (request.logprobs !== undefined) wire['logprobs'] = request.logprobs;
  reportLosses(request, wire, losses);
  return { bytes: Buffer.from(JSON.stringify(wire)), losses: losses.list() };
}

function idleFields({ echo, best_of, suffix }: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ echo, best_of, suffix }).filter(([, value]) => value !== undefined));
}

function reportLosses(request: ChatRequest, wire: JsonObject, losses: Losses): void {
  if (request.tools && request.tools.length > 0) losses.parameter('tools');
  if (request.toolChoice && request.toolChoice.type !== 'none') losses.parameter('tool_choice');
  if (request.output && request.output.type !== 'text') losses.parameter('response_format');
  if (request.topK !== undefined && wire['top_k'] === undefined) losses.parameter('top_k');
  if (request.reasoning) losses.hint('reasoning');
  if (request.serviceTier !== undefined) losses.hint('service_tier');
  if (request.parallelToolCalls !== undefined) losses.hint('parallel_tool_calls');
}

const SPEAKERS: Readonly<Record<Message['role'], string | undefined>> = {
  system: undefined,
  developer: undefined,
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
};

/** One message of the user's is the prompt just as it is; anything longer is told with the names of the speakers. */
function promptOf(messages: readonly Message[], losses: Losses): unknown {
  const [only] = messages;
  if (messages.some(({ name }) => name !== undefined)) losses.hint('name');
  if (messages.length === 1 && only?.role === 'user') {
    const [part] = only.content;
    if (part?.type === 'native' && part.dialect === 'openai-completions' && only.content.length === 1)
      return part.value;
    return textOf(only.content, losses);
  }
  const told = messages.map(({ role, content }) => {
    const speaker = SPEAKERS[role];
    const text = textOf(content, losses);
    return speaker === undefined ? text : `${speaker}: ${text}`;
  });
  return [...told, 'Assistant:'].join('\n\n');
}

function textOf(content: readonly Part[], losses: Losses): string {
  return content.map((part) => textOfPart(part, losses)).join('');
}

function textOfPart(part: Part, losses: Losses): string {
  if (part.cacheHint) losses.hint('cache_control');
  if (part.type === 'text' || part.type === 'refusal') return part.text;
  if (part.type === 'tool-result') return textOf(part.content, losses);
  if (part.type === 'file' && part.source.kind === 'text') {
    if (part.citable) losses.hint('citations');
    return part.source.text;
  }
  if (part.type === 'reasoning') losses.hint('thinking');
  else losses.parameter(part.type === 'native' ? 'content' : part.type);
  return '';
}
