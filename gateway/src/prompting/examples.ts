import { z } from 'zod';
import type { ModelWork } from './model-work.ts';
import type { PromptingLimits } from './contract.ts';

/** What a prompt is given, and what it should bring the model to say. */
export interface Example {
  readonly input: string;
  readonly output: string;
}

/** How what came out is compared with what should have. */
export type Scoring = 'exact' | 'match' | 'judge';

/** An example that a prompt failed, for whoever writes a better one. */
export interface Failure extends Example {
  readonly got: string;
}

/** What trying a prompt on the examples showed. */
export interface Trial {
  /** Share of the examples that went well. */
  readonly accuracy: number;
  readonly failures: readonly Failure[];
}

/** The fields about examples in a request. */
export function exampleFields({ examplesMax, textCharactersMax }: PromptingLimits) {
  const text = z.string().max(textCharactersMax);
  return {
    examples: z
      .array(z.strictObject({ input: text, output: text }))
      .max(examplesMax)
      .default([]),
    scoring: z.enum(['exact', 'match', 'judge']).default('match'),
  };
}

const JUDGE = [
  'Say how well "got" of the material does what "wanted" does, as an answer to "input": from 0 (not at all) to 1 (says the',
  'same). Wording and layout count only where they matter for the use of the answer.',
].join('\n');
const Judgement = z.strictObject({ score: z.number().min(0).max(1) });
const PLACE = '{{input}}';

/** Tries a prompt on every example. */
export async function tryOut(
  prompt: string,
  { examples, scoring }: { readonly examples: readonly Example[]; readonly scoring: Scoring },
  work: ModelWork,
): Promise<Trial> {
  const tried = await work.all(examples, async (example) => {
    const got = await work.words(questionOf(prompt, example.input));
    return { failure: { ...example, got }, score: await scoreOf({ ...example, got }, scoring, work) };
  });
  return {
    accuracy: tried.reduce((sum, { score }) => sum + score, 0) / tried.length,
    failures: tried.filter(({ score }) => score < 1).map(({ failure }) => failure),
  };
}

/** A prompt with a place for the input holds it there; any other stands above it. */
function questionOf(prompt: string, input: string): Parameters<ModelWork['words']>[0] {
  if (!prompt.includes(PLACE)) return { instructions: prompt, said: [{ role: 'user', text: input }] };
  return { said: [{ role: 'user', text: prompt.replaceAll(PLACE, () => input) }] };
}

async function scoreOf(failure: Failure, scoring: Scoring, work: ModelWork): Promise<number> {
  const { input, output: wanted, got } = failure;
  if (scoring === 'exact') return got === wanted ? 1 : 0;
  if (likeness(got) === likeness(wanted)) return 1;
  if (scoring === 'match') return 0;
  const material = { input, wanted, got };
  return (await work.answer({ name: 'score', instructions: JUDGE, material, answer: Judgement })).score;
}

/** What is left of an answer once case, spacing and the marks around it are put aside. */
function likeness(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/\s/)
    .filter((word) => word !== '');
  return words
    .join(' ')
    .replace(/^["'`*“‘]{1,3}/, '')
    .replace(/["'`*”’.!]{1,4}$/, '');
}
