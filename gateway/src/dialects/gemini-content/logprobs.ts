import type { TokenLogprob } from '../../model/reply.ts';
import { type Fields, numberOf, objectsOf, textOf } from './fields.ts';

/** Reads `logprobsResult`. https://ai.google.dev/api/generate-content#LogprobsResult */
export function logprobsOf(result: Fields): readonly TokenLogprob[] {
  const top = objectsOf(result['topCandidates']);
  return objectsOf(result['chosenCandidates']).map((chosen, index) => ({
    ...tokenOf(chosen),
    top_logprobs: objectsOf(top[index]?.['candidates']).map(tokenOf),
  }));
}

function tokenOf(fields: Fields): TokenLogprob {
  const token = textOf(fields['token']) ?? '';
  return { token, logprob: numberOf(fields['logProbability']) ?? 0, bytes: [...Buffer.from(token)] };
}

/** Writes `logprobsResult`. */
export function logprobsOut(tokens: readonly TokenLogprob[]): Fields {
  return {
    topCandidates: tokens.map(({ top_logprobs: others = [] }) => ({ candidates: objectsOf(others).map(candidateOut) })),
    chosenCandidates: tokens.map(({ token, logprob }) => candidateOut({ token, logprob })),
  };
}

function candidateOut({ token, logprob }: Fields): Fields {
  return { token, logProbability: logprob };
}
