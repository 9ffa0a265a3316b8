import type { Capability, Modality, ModelFacts } from '../model/model-facts.ts';

const SEES: readonly Modality[] = ['text', 'image'];
const READS: readonly Modality[] = ['text', 'image', 'file'];
const PERCEIVES: readonly Modality[] = ['text', 'image', 'audio', 'video', 'file'];
const WORKS: readonly Capability[] = ['tools', 'structured-output', 'prompt-caching'];
const THINKS: readonly Capability[] = [...WORKS, 'reasoning'];

/** What price lists don't tell, the first pattern that fits. What a model costs and how much it reads is theirs to say. */
const KNOWN: readonly (readonly [RegExp, ModelFacts])[] = [
  [/^text-embedding-|^embed-|-embed/, { input: ['text'], output: ['embedding'], capabilities: [] }],
  [
    /^gpt-4o(-mini)?-audio/,
    { outputTokensMax: 16_384, input: ['text', 'audio'], output: ['text', 'audio'], capabilities: ['tools'] },
  ],
  [
    /^gpt-4o(-mini)?-search/,
    { outputTokensMax: 16_384, input: ['text'], capabilities: ['structured-output', 'web-search'] },
  ],
  [/^gpt-4o/, { outputTokensMax: 16_384, input: SEES, capabilities: WORKS }],
  [/^gpt-4\.1/, { outputTokensMax: 32_768, input: SEES, capabilities: WORKS }],
  [/^gpt-4-turbo/, { outputTokensMax: 4096, input: SEES, capabilities: ['tools'] }],
  [/^gpt-(4|3\.5-turbo)(?!.*instruct)/, { outputTokensMax: 4096, input: ['text'], capabilities: ['tools'] }],
  [/^gpt-5.*chat/, { outputTokensMax: 16_384, input: SEES, capabilities: ['structured-output', 'prompt-caching'] }],
  [/^gpt-5/, { outputTokensMax: 128_000, input: READS, capabilities: THINKS }],
  [/^o[13]-mini/, { outputTokensMax: 100_000, input: ['text'], capabilities: THINKS }],
  [/^o[134]/, { outputTokensMax: 100_000, input: SEES, capabilities: THINKS }],
  [/^claude-3-(opus|sonnet|haiku)/, { outputTokensMax: 4096, input: SEES, capabilities: ['tools', 'prompt-caching'] }],
  [/^claude-3-5/, { outputTokensMax: 8192, input: READS, capabilities: ['tools', 'prompt-caching'] }],
  [/^claude-opus-4-[01]/, { outputTokensMax: 32_000, input: READS, capabilities: THINKS }],
  [/^claude-(3-7|opus|sonnet|haiku)/, { outputTokensMax: 64_000, input: READS, capabilities: THINKS }],
  // https://ai.google.dev/gemini-api/docs/models/gemini-2.0-flash
  [/^gemini-2\.0-flash/, { contextWindow: 1_048_576, outputTokensMax: 8192, input: PERCEIVES, capabilities: WORKS }],
  [/^gemini-1\.5/, { outputTokensMax: 8192, input: PERCEIVES, capabilities: WORKS }],
  [/^gemini-/, { outputTokensMax: 65_536, input: PERCEIVES, capabilities: THINKS }],
];

const NOTHING: ModelFacts = {};

/** What is known of a model by its name, whoever serves it. */
export function knownModel(name: string): ModelFacts {
  const found = KNOWN.find(([pattern]) => pattern.test(name))?.[1];
  return found ? { output: ['text'], ...found } : NOTHING;
}
