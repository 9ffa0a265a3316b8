import { GatewayError } from '../model/error.ts';
import { bred, type BreedingRules, mutationOf, recipe, type Recipe } from './breeding.ts';
import { fitnessOut, isBetter, type Judge, type Judged, PERFECT } from './fitness.ts';
import type { ModelWork } from './model-work.ts';
import { rounded } from './rounded.ts';
import { isUnusable } from './search-end.ts';

/** How a population is kept. */
export interface PopulationRules extends BreedingRules {
  /** Prompts in one generation. */
  readonly size: number;
}

/** What a population grows with. */
export interface PopulationPorts {
  readonly work: ModelWork;
  readonly judge: Judge['judge'];
  readonly random: () => number;
}

interface Individual extends Judged {
  readonly generation: number;
  /** What was done to its parent; absent for the first prompt. */
  readonly change?: string;
  readonly parent?: Individual;
}

/** How one generation went. */
export interface GenerationNote {
  readonly generation: number;
  readonly best_fitness: number;
  readonly average_fitness: number;
}

/** Prompts that are varied, joined and chosen from. The best one always stays. */
export class Population {
  readonly path: GenerationNote[] = [];
  /** Prompts that a model was asked to write, and those of them that were better than what they were made of. */
  variants = 0;
  successes = 0;
  generation = 0;
  #members: readonly Individual[];
  readonly #rules: PopulationRules;
  readonly #ports: PopulationPorts;

  private constructor(first: Individual, rules: PopulationRules, ports: PopulationPorts) {
    this.#members = [first];
    this.#rules = rules;
    this.#ports = ports;
  }

  /** The first generation: a prompt and variations of it. */
  static async begun(first: Judged, rules: PopulationRules, ports: PopulationPorts): Promise<Population> {
    const root = { ...first, generation: 0 };
    const population = new Population(root, rules, ports);
    await population.#breed(() => mutationOf<Individual>(root, ports.random));
    return population;
  }

  get best(): Individual {
    const [best] = this.#members;
    if (!best) throw new Error('A population is never empty.');
    return best;
  }

  get bestOverall(): number {
    return rounded(this.best.fitness.overall);
  }

  get isPerfect(): boolean {
    return this.best.fitness.overall >= PERFECT;
  }

  /** The next generation. When it can't be completed, the former stays. */
  async grow(): Promise<void> {
    this.generation += 1;
    try {
      await this.#breed(() => recipe(this.#members, isBetter, this.#rules, this.#ports.random));
    } catch (thrown) {
      this.generation -= 1;
      throw thrown;
    }
  }

  /** How the best prompt came to be, from the first one on. */
  lineage(): readonly object[] {
    const line: object[] = [];
    for (let at: Individual | undefined = this.best; at; at = at.parent) {
      const { generation, prompt, fitness, change } = at;
      line.unshift({ generation, prompt, fitness: fitnessOut(fitness), ...(change === undefined ? {} : { change }) });
    }
    return line;
  }

  /** Lots are drawn before anybody is asked, so that the same seed asks the same, whoever answers first. */
  async #breed(next: () => Recipe<Individual>): Promise<void> {
    const recipes = Array.from({ length: this.#rules.size - 1 }, next);
    const asked = await this.#ports.work.all(recipes, (made) => this.#child(made));
    const children = asked.filter((child) => child !== undefined);
    if (children.length === 0) throw barren();
    const grown = [...children, this.best];
    this.#members = grown.toSorted((one, other) => (isBetter(one, other) ? -1 : isBetter(other, one) ? 1 : 0));
    const scores = grown.map(({ fitness }) => fitness.overall);
    const average = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    this.path.push({
      generation: this.generation,
      best_fitness: this.bestOverall,
      average_fitness: rounded(average),
    });
  }

  /** A model that can't write this one prompt, or judge it, doesn't end the others. */
  async #child(made: Recipe<Individual>): Promise<Individual | undefined> {
    const { work, judge } = this.#ports;
    this.variants += 1;
    try {
      const judged = await judge(await bred(made, work));
      const { parent } = made;
      const parents = made.kind === 'crossover' ? [parent, made.other] : [parent];
      if (parents.every((one) => isBetter(judged, one))) this.successes += 1;
      const change = made.kind === 'mutation' ? made.mutation.name : 'crossover';
      return { ...judged, generation: this.generation, change, parent };
    } catch (thrown) {
      if (isUnusable(thrown)) return undefined;
      throw thrown;
    }
  }
}

function barren(): GatewayError {
  return new GatewayError('prompting.unusable', 'The model wrote no variation of the prompt that can be used.');
}
