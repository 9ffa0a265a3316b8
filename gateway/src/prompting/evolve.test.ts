import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formOf, likesLength, promptWork, type ScriptedModel } from '../../test/prompt-work.ts';
import { failureOf } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { type BreedingRules, recipe } from './breeding.ts';
import { seededRandom } from '../model/seeded-random.ts';

/** A mutation adds a word for its kind, a crossover takes both texts; long is good. */
const breeder: ScriptedModel = (question, material) => {
  if (formOf(question) === 'judgement') return likesLength(material['prompt']);
  if ('wish' in material) return { prompt: `${String(material['prompt'])} ${String(material['wish']).split(' ')[0]}` };
  return { prompt: `${String(material['first'])} ${String(material['second'])}` };
};

interface Evolved {
  readonly best_prompt: string;
  readonly evolution_path: readonly { readonly best_fitness: number; readonly average_fitness: number }[];
  readonly lineage: readonly { readonly prompt: string }[];
  readonly total_variants: number;
  readonly successful_mutations: number;
}
const WISH = { seed_prompt: 'Sum it up', n_generations: 4, population_size: 8, mutation_rate: 0.1, seed: 7 };
const evolved = async (model: ScriptedModel, wish: object = {}) => {
  const scene = promptWork(model);
  return { ...scene, answer: (await scene.run('evolve', { ...WISH, ...wish })) as unknown as Evolved };
};

describe('evolve', () => {
  test('fitness rises from generation to generation, and all of it is said', async () => {
    const { answer, progress } = await evolved(breeder);
    expect(answer).toMatchObject({
      seed_prompt: 'Sum it up',
      population_size: 8,
      mutation_rate: 0.1,
      seed: 7,
      fitness_type: 'hybrid',
      fitness: { clarity: 1, specificity: 1, completeness: 1, overall: 1 },
      metadata: { model: 'worker' },
    });
    const best = answer.evolution_path.map(({ best_fitness: fitness }) => fitness);
    expect(best.length).toBeGreaterThan(2);
    expect(best).toEqual(best.toSorted((a, b) => a - b));
    expect([best[0], best.at(-1)]).toEqual([0.2, 1]);
    expect(answer.lineage[0]?.prompt).toBe('Sum it up');
    expect(answer.lineage.at(-1)?.prompt).toBe(answer.best_prompt);
    expect(answer.total_variants).toBe(7 * best.length);
    expect(answer.successful_mutations).toBeGreaterThan(6);
    expect(progress.at(-1)).toMatchObject({ done: best.length - 1, of: 4, best: 1 });
  });

  test('the same seed asks the same; another one something else', async () => {
    const asked = async (seed: number) => (await evolved(breeder, { seed })).questions.map(({ said }) => said[0]?.text);
    const first = await asked(1);
    expect(await asked(1)).toEqual(first);
    expect(await asked(2)).not.toEqual(first);
  });

  test('whatever the model writes, the best never gets worse, and never falls behind the first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), async (scores) => {
        let at = 0;
        const next = (): number => scores[(at += 1) % scores.length] ?? 0;
        const { answer } = await evolved((question) => {
          if (formOf(question) === 'judgement')
            return { clarity: next(), specificity: next(), completeness: next(), remarks: '' };
          return { prompt: `Prompt ${at}` };
        });
        const best = answer.evolution_path.map(({ best_fitness: fitness }) => fitness);
        expect(best).toEqual(best.toSorted((a, b) => a - b));
        for (const { best_fitness: top, average_fitness: average } of answer.evolution_path)
          expect(average).toBeLessThanOrEqual(top);
      }),
      { numRuns: 30 },
    );
  });

  test('examples decide, when there are any', async () => {
    const { answer } = await evolved(
      (question, material) =>
        formOf(question) === undefined ? String(question.instructions?.split(' ').length) : breeder(question, material),
      { examples: [{ input: 'How long?', output: '4' }], n_generations: 2 },
    );
    expect(answer).toMatchObject({ fitness_type: 'task', fitness: { accuracy: 1, overall: 1 } });
    expect(answer.best_prompt.split(' ')).toHaveLength(4);
  });

  test.each([
    ['clarity', 0.2],
    ['specificity', 0.4],
    ['hybrid', 0.4],
  ])('chosen by %s, the first prompt is worth %d', async (kind, overall) => {
    const { answer } = await evolved(
      (question, material) =>
        formOf(question) === 'judgement'
          ? { clarity: 0.2, specificity: 0.4, completeness: 0.6, remarks: '' }
          : breeder(question, material),
      { fitness_type: kind, n_generations: 1, population_size: 2 },
    );
    expect(answer).toMatchObject({ fitness: { overall } });
  });

  test('a prompt that was judged isn’t judged again', async () => {
    const { questions } = await evolved((question, material) =>
      formOf(question) === 'judgement' ? likesLength(material['prompt']) : { prompt: 'Always the same' },
    );
    expect(questions.filter((one) => formOf(one) === 'judgement')).toHaveLength(2);
  });

  test('variations that a model can’t write are left out; without any, it ends with what there is', async () => {
    let written = 0;
    const half = await evolved((question, material) =>
      formOf(question) === 'variation' && (written += 1) % 7 < 3 ? 'Sorry.' : breeder(question, material),
    );
    expect(half.answer).toMatchObject({ fitness: { overall: 1 } });
    let isMute = false;
    const { answer } = await evolved(
      (question, material) => {
        if (formOf(question) !== 'variation') return breeder(question, material);
        isMute ||= !('wish' in material);
        return isMute ? 'Sorry.' : breeder(question, material);
      },
      { mutation_rate: 0 },
    );
    expect(answer).toMatchObject({ stopped_by: { code: 'prompting.unusable' }, generations: 0 });
  });

  test('calls that run out end it with what there is, and before the first generation with an error', async () => {
    const enough = promptWork(breeder, { callsMax: 20 });
    expect(await enough.run('evolve', WISH)).toMatchObject({
      stopped_by: { code: 'limit.calls' },
      metadata: { calls: 20 },
    });
    const few = promptWork(breeder, { callsMax: 10 });
    expect((await failureOf(few.run('evolve', WISH))).code).toBe('limit.calls');
  });

  test('a caller that goes away ends it', async () => {
    const scene = promptWork((question, material) => {
      if ('second' in material) scene.cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
      return breeder(question, material);
    });
    expect((await failureOf(scene.run('evolve', { ...WISH, mutation_rate: 0 }))).code).toBe('request.cancelled');
  });
});

describe('breeding', () => {
  const rules: BreedingRules = { mutationRate: 0.3, tournamentSize: 3 };
  const isBetter = (one: number, other: number) => one > other;

  test('better prompts become parents more often, and the mutation rate is kept', () => {
    const random = seededRandom(5);
    const recipes = Array.from({ length: 4000 }, () => recipe([1, 2, 3, 4, 5], isBetter, rules, random));
    const parents = [1, 2, 3, 4, 5].map((one) => recipes.filter(({ parent }) => parent === one).length);
    expect(parents).toEqual(parents.toSorted((a, b) => a - b));
    const crossed = recipes.filter((made) => made.kind === 'crossover');
    expect(crossed.every((made) => made.parent !== made.other)).toBe(true);
    const neverMutating = { ...rules, mutationRate: 0 };
    expect(recipe([1, 1], (one, other) => one > other, neverMutating, random).kind).toBe('mutation');
  });

  test('lots are spread evenly, and the same for the same seed', () => {
    const random = seededRandom(42);
    const drawn = Array.from({ length: 10_000 }, random);
    expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true);
    expect(drawn.reduce((sum, one) => sum + one, 0) / drawn.length).toBeCloseTo(0.5, 1);
    expect(Array.from({ length: 5 }, seededRandom(42))).toEqual(drawn.slice(0, 5));
    expect(seededRandom(43)()).not.toBe(drawn[0]);
  });
});
