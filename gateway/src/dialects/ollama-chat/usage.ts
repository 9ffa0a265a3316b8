import type { Usage } from '../../model/reply.ts';
import { DIALECT, type Fields, numberOf } from './fields.ts';

/** What the last line says of tokens and of the time that they took, in nanoseconds. */
export const METRICS = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
] as const;

/**
 * Reads the counts; `undefined` where nothing was counted. Counts of 0 are left out on this wire, and what the server
 * had read before counts as well. https://docs.ollama.com/api/usage
 */
export function usageOf(metrics: Fields): Usage | undefined {
  const [input, output] = [numberOf(metrics['prompt_eval_count']), numberOf(metrics['eval_count'])];
  if (input === undefined && output === undefined) return undefined;
  return { inputTokens: input ?? 0, outputTokens: output ?? 0, native: { dialect: DIALECT, fields: metrics } };
}

/** Writes the counts. Nobody but the provider knows how long they took. */
export function usageOut(usage: Usage | undefined): Fields {
  if (!usage) return {};
  if (usage.native?.dialect === DIALECT) return usage.native.fields;
  return { prompt_eval_count: usage.inputTokens, eval_count: usage.outputTokens };
}
