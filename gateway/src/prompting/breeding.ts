import { z } from 'zod';
import type { Judged } from './fitness.ts';
import type { ModelWork } from './model-work.ts';

/** A way to vary a prompt, and the words that ask for it. */
export interface Mutation {
  readonly name: string;
  readonly wish: string;
}

/** How prompts are varied. */
export const MUTATIONS: readonly Mutation[] = [
  { name: 'specify', wish: 'Say more exactly what is wanted, and what the answer looks like.' },
  { name: 'simplify', wish: 'Say the same in fewer and plainer words; leave out what changes nothing.' },
  { name: 'restructure', wish: 'Put it into another order or form: steps, a list, sections, the goal first.' },
  { name: 'constrain', wish: 'Add a rule that keeps the model from a likely mistake.' },
  { name: 'role', wish: 'Give the model another fitting role, audience or point of view.' },
  { name: 'reason', wish: 'Change how the model shall get to its answer: by checking, comparing, or step by step.' },
];

/** What the next prompt is made of. */
export type Recipe<Parent> =
  | { readonly kind: 'mutation'; readonly parent: Parent; readonly mutation: Mutation }
  | { readonly kind: 'crossover'; readonly parent: Parent; readonly other: Parent };

/** How parents are found and what is done with them. */
export interface BreedingRules {
  readonly mutationRate: number;
  readonly tournamentSize: number;
}

/** Decides what the next prompt is made of. The best of a few, drawn by lot, becomes a parent. */
export function recipe<Parent>(
  population: readonly Parent[],
  isBetter: (one: Parent, other: Parent) => boolean,
  { mutationRate, tournamentSize }: BreedingRules,
  random: () => number,
): Recipe<Parent> {
  const winner = (): Parent => {
    let best = drawn(population, random);
    for (let times = 1; times < tournamentSize; times += 1) {
      const next = drawn(population, random);
      if (isBetter(next, best)) best = next;
    }
    return best;
  };
  const [parent, other] = [winner(), winner()];
  const mutates = random() < mutationRate;
  // A prompt that meets itself has nothing to give.
  if (mutates || parent === other) return mutationOf(parent, random);
  return { kind: 'crossover', parent, other };
}

/** A variation of one prompt, in a way drawn by lot. */
export function mutationOf<Parent>(parent: Parent, random: () => number): Recipe<Parent> {
  return { kind: 'mutation', parent, mutation: drawn(MUTATIONS, random) };
}

function drawn<T>(list: readonly T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('Nothing can be drawn from an empty list.');
  return found;
}

const MUTATE = [
  'Write a variation of the "prompt" of the material, a prompt for a language model, as "wish" says. Keep its purpose, its',
  'language, every fact in it and every {{place}} for input. "remarks" say what is weak about it.',
].join('\n');
const CROSS = [
  'Write one prompt for a language model out of the "first" and the "second" of the material, which serve the same purpose:',
  'take what is best of each. Keep the purpose, the language, every fact and every {{place}} for input.',
].join('\n');
const Answer = z.strictObject({ prompt: z.string().trim().min(1).describe('The new prompt, ready to be used.') });
/** The warmest that every provider takes. The same question twice should not give the same answer. */
const TEMPERATURE = 1;

/** Has a model write a prompt by a recipe. */
export async function bred(made: Recipe<Judged>, work: ModelWork): Promise<string> {
  const { parent } = made;
  const task =
    made.kind === 'mutation'
      ? { instructions: MUTATE, material: { prompt: parent.prompt, wish: made.mutation.wish, remarks: parent.remarks } }
      : { instructions: CROSS, material: { first: parent.prompt, second: made.other.prompt } };
  return (await work.answer({ name: 'variation', ...task, answer: Answer, temperature: TEMPERATURE })).prompt;
}
