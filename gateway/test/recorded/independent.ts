import { createParser } from 'eventsource-parser';
import type { Usage } from '../../src/model/reply.ts';
import { amazonMessagesIn } from '../amazon-messages.ts';
import type { Exchange } from './exchanges.ts';

/** JSON read without any of our code. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What each `data:` of a stream says, or the one body. */
export function bodiesOf({ form, reply }: Pick<Exchange, 'form' | 'reply'>): JsonObject[] {
  return dataOf({ form, reply })
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as JsonObject);
}

/** Each `data:` of a stream as text, or the one body. */
export function dataOf({ form, reply }: Pick<Exchange, 'form' | 'reply'>): string[] {
  if (form === 'aws-event-stream') return amazonMessagesIn(reply).map(({ body }) => body.toString());
  if (form === 'json-lines')
    return reply
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  if (form !== 'sse') return [reply.toString()];
  const found: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => found.push(data) });
  parser.feed(`${reply.toString()}\n\n`);
  return found;
}

/** Tokens as the provider wrote them; what it left out is zero. */
export type Tokens = Required<Omit<Usage, 'native' | 'billed' | 'units'>>;

/** The usage of a reply, read without any of our code. `undefined` where the provider said none. */
export function usageOf(exchange: Exchange): Tokens | undefined {
  const bodies = bodiesOf(exchange);
  if (exchange.dialect === 'gemini-content') return geminiUsage(bodies);
  if (exchange.dialect === 'bedrock-converse') return bedrockUsage(bodies);
  if (exchange.dialect === 'cohere-chat') return cohereUsage(bodies);
  if (exchange.dialect === 'openai-responses') return responsesUsage(bodies);
  return exchange.dialect === 'anthropic-messages' ? anthropicUsage(bodies) : openaiUsage(bodies);
}

/** Our own usage in the same shape. */
export function tokensOf(usage: Usage | undefined): Tokens | undefined {
  if (!usage) return undefined;
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadTokens: usage.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cacheWriteTokens ?? 0,
    cacheWrite1hTokens: usage.cacheWrite1hTokens ?? 0,
    reasoningTokens: usage.reasoningTokens ?? 0,
    audioInputTokens: usage.audioInputTokens ?? 0,
    audioOutputTokens: usage.audioOutputTokens ?? 0,
  };
}

/** https://platform.openai.com/docs/api-reference/chat/object: cached tokens are part of the prompt's. */
function openaiUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const usage = bodies.map((body) => body['usage']).findLast(isObject);
  if (!usage) return undefined;
  const prompt = isObject(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : {};
  const completion = isObject(usage['completion_tokens_details']) ? usage['completion_tokens_details'] : {};
  const cached =
    prompt['cached_tokens'] ?? usage['prompt_cache_hit_tokens'] ?? usage['num_cached_tokens'] ?? usage['cached_tokens'];
  const [input, output, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) =>
    count(usage[name]),
  );
  // Some hosts leave thinking out of the completion and bill it; only their total has it.
  const hidden = Math.max(0, (total ?? 0) - (input ?? 0) - (output ?? 0));
  return {
    inputTokens: input ?? 0,
    outputTokens: (output ?? 0) + hidden,
    // Azure's Grok says more cached tokens than it says the prompt had.
    cacheReadTokens: Math.min(count(cached), input ?? 0),
    cacheWriteTokens: count(prompt['cache_write_tokens']),
    cacheWrite1hTokens: 0,
    reasoningTokens: count(completion['reasoning_tokens'] ?? usage['reasoning_tokens'] ?? hidden),
    audioInputTokens: count(prompt['audio_tokens']),
    audioOutputTokens: count(completion['audio_tokens']),
  };
}

/** https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching: cached tokens are beside the input's. */
function anthropicUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const said = bodies
    .flatMap((body) => [body['message'], body])
    .flatMap((one) => (isObject(one) ? [one['usage']] : []));
  const usages = said.filter(isObject);
  if (usages.length === 0) return undefined;
  const last = (name: string): Json | undefined =>
    usages.map((usage) => usage[name]).findLast((value) => value !== null && value !== undefined);
  const creation = last('cache_creation');
  const details = last('output_tokens_details');
  const [read, written] = [count(last('cache_read_input_tokens')), count(last('cache_creation_input_tokens'))];
  return {
    inputTokens: count(last('input_tokens')) + read + written,
    outputTokens: count(last('output_tokens')),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: isObject(creation) ? count(creation['ephemeral_1h_input_tokens']) : 0,
    reasoningTokens: isObject(details) ? count(details['thinking_tokens']) : 0,
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

/** https://ai.google.dev/api/generate-content#UsageMetadata: thoughts and tools are beside the answer and the prompt. */
function geminiUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const usage = bodies
    .map((body) => body['usageMetadata'])
    .filter(isObject)
    .findLast(({ totalTokenCount }) => totalTokenCount !== undefined);
  if (!usage) return undefined;
  const [prompt, tools, thoughts] = ['promptTokenCount', 'toolUsePromptTokenCount', 'thoughtsTokenCount'].map((name) =>
    count(usage[name]),
  );
  const audio = (name: string): number => {
    const details = usage[name];
    const sounds = Array.isArray(details) ? details.filter(isObject).filter((one) => one['modality'] === 'AUDIO') : [];
    return sounds.reduce((sum, one) => sum + count(one['tokenCount']), 0);
  };
  return {
    inputTokens: (prompt ?? 0) + (tools ?? 0),
    outputTokens: count(usage['totalTokenCount']) - (prompt ?? 0) - (tools ?? 0),
    cacheReadTokens: count(usage['cachedContentTokenCount']),
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: thoughts ?? 0,
    audioInputTokens: audio('promptTokensDetails'),
    audioOutputTokens: audio('candidatesTokensDetails'),
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html: cached tokens are beside the input's. */
function bedrockUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const usage = bodies.map((body) => body['usage']).findLast(isObject);
  if (!usage) return undefined;
  const [read, written] = [count(usage['cacheReadInputTokens']), count(usage['cacheWriteInputTokens'])];
  const details = Array.isArray(usage['cacheDetails']) ? usage['cacheDetails'].filter(isObject) : [];
  return {
    inputTokens: count(usage['totalTokens']) - count(usage['outputTokens']),
    outputTokens: count(usage['outputTokens']),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: count(details.find(({ ttl }) => ttl === '1h')?.['inputTokens']),
    reasoningTokens: 0,
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

/** https://docs.cohere.com/reference/chat: pictures are counted beside the words, cached tokens among them. */
function cohereUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const usage = bodies.flatMap((body) => [body['delta'], body]).flatMap((one) => (isObject(one) ? [one['usage']] : []));
  const said = usage.findLast(isObject);
  const tokens = said?.['tokens'];
  if (!said || !isObject(tokens)) return undefined;
  return {
    inputTokens: count(tokens['input_tokens']) + count(tokens['image_tokens']),
    outputTokens: count(tokens['output_tokens']),
    cacheReadTokens: count(said['cached_tokens']),
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: count(tokens['reasoning_tokens']),
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

/** https://platform.openai.com/docs/api-reference/responses/object: as chat completions, in other words. */
function responsesUsage(bodies: readonly JsonObject[]): Tokens | undefined {
  const usage = bodies
    .flatMap((body) => [body['response'], body])
    .flatMap((one) => (isObject(one) && isObject(one['usage']) ? [one['usage']] : []))
    .at(-1);
  if (!usage) return undefined;
  const detail = (name: string, field: string): number => {
    const details = usage[name];
    return isObject(details) ? count(details[field]) : 0;
  };
  return {
    inputTokens: count(usage['input_tokens']),
    outputTokens: count(usage['output_tokens']),
    cacheReadTokens: detail('input_tokens_details', 'cached_tokens'),
    cacheWriteTokens: detail('input_tokens_details', 'cache_write_tokens'),
    cacheWrite1hTokens: 0,
    reasoningTokens: detail('output_tokens_details', 'reasoning_tokens'),
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

/** A JSON object, neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
