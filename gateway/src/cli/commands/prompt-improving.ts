import { type Command, Option } from 'commander';
import type { GatewayClient } from '../gateway-client.ts';
import { atGateway, printJson } from '../gateway-command.ts';
import { givenText, jsonRows } from '../given-text.ts';
import { number, positiveNumber } from '../option-values.ts';
import { oneLine } from '../plain-text.ts';
import type { World } from '../world.ts';
import { followed, printText, workCommand, type WorkOptions } from '../work-command.ts';

type Fields = Readonly<Record<string, unknown>>;

interface ImprovingOptions extends WorkOptions {
  readonly testCases?: string;
  readonly scoring?: string;
  readonly savePrompt?: string;
}

interface OptimizeOptions extends ImprovingOptions {
  readonly prompt?: string;
  readonly iterations?: number;
}

interface EvolveOptions extends ImprovingOptions {
  readonly seed?: string;
  readonly generations?: number;
  readonly population?: number;
  readonly mutationRate?: number;
  readonly tournamentSize?: number;
  readonly fitness?: string;
  readonly randomSeed?: number;
  readonly saveLineage?: boolean;
}

/** `synthlang optimize` and `evolve`: make a prompt better, and say how far that is on standard error. */
export function addImproving(program: Command, world: World): void {
  const optimize = program
    .command('optimize')
    .description('Rewrite a prompt, and keep what is measurably better. Takes a key with the role premium.')
    .argument('[prompt]', 'the prompt; - reads standard input')
    .option('--prompt <text>', 'the prompt, as the original has it')
    .option('-i, --iterations <count>', 'most rewritings (default: 5)', positiveNumber)
    .action((argument: string | undefined, options: OptimizeOptions) =>
      atGateway(world, options, async (client, signal) => {
        const prompt = await givenText({ ...options, argument, option: options.prompt }, '--prompt', world, signal);
        const body = { prompt, max_iterations: options.iterations, ...measureOf(options, world) };
        const answer = await followed(client, '/v1/synthlang/optimize', body, world);
        await finish({ answer, prompt: answer['optimized'] }, options, client, world);
      }),
    );
  const evolve = program
    .command('evolve')
    .description('Breed a better prompt from a first one. Takes a key with the role premium.')
    .argument('[prompt]', 'the first prompt; - reads standard input')
    .option('--seed <text>', 'the first prompt, as the original has it')
    .option('--generations <count>', 'most generations (default: 10)', positiveNumber)
    .option('--population <count>', 'prompts in a generation (default: 5)', positiveNumber)
    .option('--mutation-rate <share>', 'how many are variations of one, from 0 to 1 (default: 0.3)', number)
    .option('--tournament-size <count>', 'of how many the best becomes a parent (default: 3)', positiveNumber)
    .addOption(
      new Option('--fitness <kind>', 'what counts (default: task with test cases, else hybrid)').choices(KINDS),
    )
    .option('--random-seed <number>', 'draw the same lots as another run', number)
    .option('--save-lineage', 'keep how it came to be in the metadata of the saved prompt')
    .action((argument: string | undefined, options: EvolveOptions) =>
      atGateway(world, options, async (client, signal) => {
        const first = await givenText({ ...options, argument, option: options.seed }, '--seed', world, signal);
        const answer = await followed(client, '/v1/synthlang/evolve', evolution(first, options, world), world);
        const lineage = options.saveLineage === true ? answer['lineage'] : undefined;
        await finish({ answer, prompt: answer['best_prompt'], lineage }, options, client, world);
      }),
    );
  measured(optimize, 'optimize "Tell me about databases"', 'optimize --test-cases cases.json -f prompt.txt');
  measured(evolve, 'evolve "Sum up the text" --generations 5', 'evolve -f prompt.txt --save-prompt summary --json');
}

const KINDS = ['clarity', 'specificity', 'task', 'hybrid'];

function measured(command: Command, ...examples: readonly string[]): void {
  command
    .option('--test-cases <file>', 'JSON list of {"input", "output"} that the prompt is tried on')
    .addOption(
      new Option('--scoring <way>', 'how answers are compared (default: match)').choices(['exact', 'match', 'judge']),
    )
    .option('--save-prompt <name>', 'save what comes of it under this name');
  workCommand(command, ...examples);
}

function evolution(first: string, options: EvolveOptions, world: World): object {
  return {
    seed_prompt: first,
    n_generations: options.generations,
    population_size: options.population,
    mutation_rate: options.mutationRate,
    tournament_size: options.tournamentSize,
    fitness_type: options.fitness,
    seed: options.randomSeed,
    ...measureOf(options, world),
  };
}

function measureOf({ testCases, scoring, model }: ImprovingOptions, world: World): object {
  const examples = testCases === undefined ? undefined : jsonRows(testCases, ['input', 'output'], world);
  return { examples: examples?.map(({ input, output }) => ({ input, output })), scoring, model };
}

interface Improved {
  readonly answer: Fields;
  readonly prompt: unknown;
  readonly lineage?: unknown;
}

async function finish(
  { answer, prompt, lineage }: Improved,
  { json, savePrompt }: ImprovingOptions,
  client: GatewayClient,
  world: World,
): Promise<void> {
  if (json === true) printJson(world, answer);
  else {
    printText(world, prompt);
    for (const improvement of (answer['improvements'] ?? []) as unknown[])
      world.io.stderr(`- ${oneLine(String(improvement))}\n`);
  }
  const stopped = answer['stopped_by'] as Fields | undefined;
  if (stopped)
    world.io.stderr(`Stopped early: ${oneLine(`${String(stopped['code'])}: ${String(stopped['message'])}`)}\n`);
  if (savePrompt === undefined) return;
  const metadata = { fitness: answer['fitness'] ?? answer['metrics'], ...(lineage === undefined ? {} : { lineage }) };
  const saved = await client.send('POST', '/v1/synthlang/prompts/save', { name: savePrompt, prompt, metadata });
  world.io.stderr(`Saved as version ${String(saved['prompt_version'])} of "${oneLine(savePrompt)}".\n`);
}
