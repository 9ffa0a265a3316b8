import { z } from 'zod';
import { actOf, type ActTools } from './contract.ts';
import { exampleFields } from './examples.ts';
import { fitnessOut, type FitnessKind, Judge } from './fitness.ts';
import { Population } from './population.ts';
import { type EarlyEnd, earlyEnd } from './search-end.ts';
import { seededRandom } from '../model/seeded-random.ts';

const GENERATIONS_DEFAULT = 10;
const POPULATION_DEFAULT = 5;
const MUTATION_RATE_DEFAULT = 0.3;
const TOURNAMENT_DEFAULT = 3;
const SEED_MAX = 4_294_967_295;

/** Breeds a better prompt from a first one, generation by generation. */
export const evolve = actOf({
  name: 'evolve',
  fields: (limits) => ({
    seed_prompt: z.string().trim().min(1).max(limits.textCharactersMax),
    n_generations: upTo(1, limits.generationsMax, GENERATIONS_DEFAULT),
    population_size: upTo(2, limits.populationMax, POPULATION_DEFAULT),
    mutation_rate: z.number().min(0).max(1).default(MUTATION_RATE_DEFAULT),
    tournament_size: upTo(1, limits.populationMax, TOURNAMENT_DEFAULT),
    fitness_type: z.enum(['task', 'clarity', 'specificity', 'hybrid']).optional(),
    seed: z.int().min(0).max(SEED_MAX).optional(),
    ...exampleFields(limits),
  }),
  run: async (wish, tools) => {
    const { seed_prompt: first, population_size: size, mutation_rate: mutationRate, examples, scoring } = wish;
    const kind = kindOf(wish.fitness_type, examples.length > 0);
    const seed = wish.seed ?? Math.floor(tools.random() * SEED_MAX);
    const rules = { size, mutationRate, tournamentSize: wish.tournament_size };
    const { judge } = new Judge({ examples, scoring, kind }, tools.work);
    const population = await Population.begun(await judge(first), rules, {
      work: tools.work,
      judge,
      random: seededRandom(seed),
    });
    const stopped = await grown(population, wish.n_generations, tools);
    const { best } = population;
    return {
      seed_prompt: first,
      best_prompt: best.prompt,
      generations: population.generation,
      population_size: size,
      mutation_rate: mutationRate,
      fitness_type: kind,
      seed,
      fitness: fitnessOut(best.fitness),
      evolution_path: population.path,
      lineage: population.lineage(),
      total_variants: population.variants,
      successful_mutations: population.successes,
      metrics: { seed_tokens: tools.countTokens(first), best_tokens: tools.countTokens(best.prompt) },
      ...(stopped ? { stopped_by: stopped } : {}),
    };
  },
});

function upTo(min: number, max: number, usual: number) {
  return z.int().min(min).max(max).default(Math.min(usual, max));
}

/** Examples are there to be met; without any, only the writing can be judged. */
function kindOf(wished: FitnessKind | undefined, hasExamples: boolean): FitnessKind {
  return wished ?? (hasExamples ? 'task' : 'hybrid');
}

async function grown(population: Population, of: number, { onProgress }: ActTools): Promise<EarlyEnd | undefined> {
  const tell = (): void => onProgress({ done: population.generation, of, best: population.bestOverall });
  try {
    while (population.generation < of && !population.isPerfect) {
      tell();
      await population.grow();
    }
  } catch (thrown) {
    return earlyEnd(thrown);
  } finally {
    tell();
  }
  return undefined;
}
