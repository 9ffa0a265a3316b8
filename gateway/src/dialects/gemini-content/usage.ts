import type { Usage } from '../../model/reply.ts';
import { DIALECT, type Fields, numberOf, objectsOf, present } from './fields.ts';

/**
 * Reads `usageMetadata`. Thoughts and the results of the provider's own tools stand beside the answer and the prompt;
 * the total tells where a model counts its thoughts among the answer. `undefined` where nothing is counted.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function usageOf(fields: Fields): Usage | undefined {
  const count = (key: string): number => numberOf(fields[key]) ?? 0;
  if (numberOf(fields['promptTokenCount']) === undefined && numberOf(fields['totalTokenCount']) === undefined) {
    return undefined;
  }
  const inputTokens = count('promptTokenCount') + count('toolUsePromptTokenCount');
  const said = count('candidatesTokenCount');
  const thoughts = count('thoughtsTokenCount');
  const isThoughtWithin = thoughts > 0 && said >= thoughts && count('totalTokenCount') === inputTokens + said;
  return {
    inputTokens,
    outputTokens: isThoughtWithin ? said : said + thoughts,
    ...present({
      cacheReadTokens: numberOf(fields['cachedContentTokenCount']),
      reasoningTokens: numberOf(fields['thoughtsTokenCount']),
      audioInputTokens: audioIn(fields['promptTokensDetails']),
      audioOutputTokens: audioIn(fields['candidatesTokensDetails']),
    }),
    native: { dialect: DIALECT, fields },
  };
}

function audioIn(details: unknown): number | undefined {
  const sounds = objectsOf(details).filter(({ modality }) => modality === 'AUDIO');
  if (sounds.length === 0) return undefined;
  return sounds.reduce((sum, { tokenCount }) => sum + (numberOf(tokenCount) ?? 0), 0);
}

/** Writes `usageMetadata`. */
export function usageOut(usage: Usage | undefined): Fields | undefined {
  if (!usage) return undefined;
  if (usage.native?.dialect === DIALECT) return usage.native.fields;
  const {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    reasoningTokens = 0,
    audioInputTokens,
    audioOutputTokens,
  } = usage;
  return present({
    promptTokenCount: inputTokens,
    cachedContentTokenCount: cacheReadTokens,
    candidatesTokenCount: Math.max(0, outputTokens - reasoningTokens),
    thoughtsTokenCount: usage.reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: detailsOut(inputTokens, audioInputTokens),
    candidatesTokensDetails: detailsOut(Math.max(0, outputTokens - reasoningTokens), audioOutputTokens),
  });
}

function detailsOut(all: number, audio: number | undefined): readonly Fields[] | undefined {
  if (audio === undefined) return undefined;
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, all - audio) },
    { modality: 'AUDIO', tokenCount: audio },
  ];
}
