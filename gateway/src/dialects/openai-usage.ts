import type { Usage } from '../model/reply.ts';
import type { DialectId } from '../model/request.ts';
import { isObject, type JsonDraft, type JsonObject } from './json-object.ts';

/**
 * Reads `usage`, in the spellings of everybody who speaks this dialect. `undefined` if there are no counts in it.
 * https://platform.openai.com/docs/api-reference/chat/object
 */
export function readUsage(wire: unknown, dialect: DialectId): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const input = count(wire, 'prompt_tokens', 'input_tokens');
  const said = count(wire, 'completion_tokens', 'output_tokens');
  if (input === undefined && said === undefined) return undefined;
  const output = withHidden(input ?? 0, said ?? 0, count(wire, 'total_tokens'));
  const promptDetails = objectAt(wire, 'prompt_tokens_details', 'input_tokens_details');
  const completionDetails = objectAt(wire, 'completion_tokens_details', 'output_tokens_details');
  const usage: { -readonly [Key in keyof Usage]: Usage[Key] } = {
    inputTokens: input ?? 0,
    outputTokens: output,
    native: { dialect, fields: wire },
  };
  const cacheRead =
    count(promptDetails, 'cached_tokens') ??
    // DeepSeek, Mistral, Together and LiteLLM, in this order.
    count(wire, 'prompt_cache_hit_tokens', 'num_cached_tokens', 'cached_tokens', 'cache_read_input_tokens');
  const cacheWrite = count(promptDetails, 'cache_write_tokens') ?? count(wire, 'cache_creation_input_tokens');
  const reasoning = count(completionDetails, 'reasoning_tokens') ?? count(wire, 'reasoning_tokens');
  const audioInput = count(promptDetails, 'audio_tokens');
  const audioOutput = count(completionDetails, 'audio_tokens');
  if (cacheRead !== undefined) usage.cacheReadTokens = Math.min(input ?? 0, cacheRead); // a part can't exceed the whole, whatever Azure's Grok says
  if (cacheWrite !== undefined) usage.cacheWriteTokens = cacheWrite;
  if (reasoning !== undefined) usage.reasoningTokens = reasoning;
  else if (output > (said ?? 0)) usage.reasoningTokens = output - (said ?? 0);
  if (audioInput !== undefined) usage.audioInputTokens = audioInput;
  if (audioOutput !== undefined) usage.audioOutputTokens = audioOutput;
  return usage;
}

/** Some hosts (Gemini, xAI) leave thinking out of the completion tokens, yet bill it; only the total has it. */
function withHidden(input: number, output: number, total: number | undefined): number {
  return total !== undefined && total > input + output ? total - input : output;
}

function count(wire: JsonObject | undefined, ...names: readonly string[]): number | undefined {
  if (!wire) return undefined;
  for (const name of names) {
    const value = wire[name];
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return Math.round(value);
  }
  return undefined;
}

function objectAt(wire: JsonObject, ...names: readonly string[]): JsonObject | undefined {
  for (const name of names) {
    const value = wire[name];
    if (isObject(value)) return value;
  }
  return undefined;
}

/** Writes `usage`: as the provider said it in this very dialect, as long as the counts are still the same. */
export function writeUsage(usage: Usage, dialect: DialectId): JsonObject {
  if (usage.native?.dialect === dialect && saysTheSame(usage, readUsage(usage.native.fields, dialect))) {
    return usage.native.fields;
  }
  const written: JsonDraft = {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      audio_tokens: usage.audioInputTokens ?? 0,
      ...(usage.cacheWriteTokens ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: usage.audioOutputTokens ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  return written;
}

function saysTheSame(usage: Usage, native: Usage | undefined): boolean {
  return (
    native !== undefined &&
    usage.inputTokens === native.inputTokens &&
    usage.outputTokens === native.outputTokens &&
    usage.cacheReadTokens === native.cacheReadTokens &&
    usage.cacheWriteTokens === native.cacheWriteTokens &&
    usage.reasoningTokens === native.reasoningTokens
  );
}
