import { z } from 'zod';
import { actOf, type ActTools } from './contract.ts';
import { exampleFields, type Failure } from './examples.ts';
import { fitnessOut, isBetter, Judge, type Judged, PERFECT } from './fitness.ts';
import { rounded } from './rounded.ts';
import { type EarlyEnd, earlyEnd } from './search-end.ts';

const INSTRUCTIONS = [
  'The material holds a "prompt" for a language model, "remarks" about it, and "failures": inputs for which the model did',
  'not say what was wanted. Find what is weak about the prompt, then write it anew so that it does its task better. Keep its',
  'purpose, its language, every fact in it and every {{place}} for input. Never copy the wanted answers into it: it has to',
  'work for inputs that nobody has seen. If "rejected" prompts are there, they were no better; try something else.',
].join('\n');
const Answer = z.strictObject({
  critique: z.string().describe('What is weak about the prompt.'),
  prompt: z.string().trim().min(1).describe('The new prompt, ready to be used.'),
  improvement: z.string().trim().min(1).describe('What was changed, in one sentence.'),
});

const ITERATIONS_DEFAULT = 5;
/** So many rewritings in a row that are no better, and there is nothing more to be had. */
const MISSES_MAX = 2;
const FAILURES_SHOWN_MAX = 5;
const FAILURE_CHARACTERS_MAX = 2000;

/** Rewrites a prompt, and keeps what is measurably better. */
export const optimize = actOf({
  name: 'optimize',
  fields: (limits) => ({
    prompt: z.string().trim().min(1).max(limits.textCharactersMax),
    max_iterations: z
      .int()
      .min(1)
      .max(limits.iterationsMax)
      .default(Math.min(ITERATIONS_DEFAULT, limits.iterationsMax)),
    ...exampleFields(limits),
  }),
  run: async ({ prompt, max_iterations: iterationsMax, examples, scoring }, tools) => {
    const { judge } = new Judge({ examples, scoring, kind: 'task' }, tools.work);
    const original = await judge(prompt);
    const found = await search(original, iterationsMax, judge, tools);
    return {
      original: prompt,
      optimized: found.best.prompt,
      improvements: found.improvements,
      metrics: metricsOf(original, found, tools),
      ...(found.stopped ? { stopped_by: found.stopped } : {}),
    };
  },
});

interface Found {
  best: Judged;
  iterations: number;
  readonly improvements: string[];
  readonly rejected: string[];
  stopped?: EarlyEnd;
}

async function search(first: Judged, iterationsMax: number, judge: Judge['judge'], tools: ActTools): Promise<Found> {
  const found: Found = { best: first, iterations: 0, improvements: [], rejected: [] };
  const tell = (): void =>
    tools.onProgress({ done: found.iterations, of: iterationsMax, best: rounded(found.best.fitness.overall) });
  try {
    while (found.iterations < iterationsMax && mayImprove(found)) {
      tell();
      await improve(found, judge, tools);
      found.iterations += 1;
    }
  } catch (thrown) {
    found.stopped = earlyEnd(thrown);
  }
  tell();
  return found;
}

function mayImprove({ best, rejected }: Found): boolean {
  return best.fitness.overall < PERFECT && rejected.length < MISSES_MAX;
}

async function improve(found: Found, judge: Judge['judge'], { work }: ActTools): Promise<void> {
  const { best, rejected } = found;
  const { prompt, improvement } = await work.answer({
    name: 'rewriting',
    instructions: INSTRUCTIONS,
    material: {
      prompt: best.prompt,
      remarks: best.remarks,
      failures: best.failures.slice(0, FAILURES_SHOWN_MAX).map(shown),
      ...(rejected.length > 0 ? { rejected } : {}),
    },
    answer: Answer,
  });
  const candidate = await judge(prompt);
  if (isBetter(candidate, best)) {
    found.best = candidate;
    found.improvements.push(improvement);
    rejected.length = 0;
  } else rejected.push(prompt);
}

function shown({ input, output: wanted, got }: Failure): object {
  const cut = (text: string): string => text.slice(0, FAILURE_CHARACTERS_MAX);
  return { input: cut(input), wanted: cut(wanted), got: cut(got) };
}

function metricsOf(original: Judged, { best, iterations }: Found, { countTokens }: ActTools): object {
  const { clarity, specificity, completeness, ...outcome } = fitnessOut(best.fitness);
  return {
    original_tokens: countTokens(original.prompt),
    optimized_tokens: countTokens(best.prompt),
    clarity_score: clarity,
    specificity_score: specificity,
    completeness_score: completeness,
    iterations,
    ...outcome,
    original_overall: fitnessOut(original.fitness)['overall'],
  };
}
