import type { Command } from 'commander';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { columns } from '../plain-text.ts';
import type { World } from '../world.ts';

interface ClearOptions extends GatewayOptions {
  readonly model?: string;
}

const MODEL = ['--model <name>', 'only answers to requests for this model'] as const;

/** `synthlang cache`, and `cache-stats` and `clear-cache` as the original has them. All of it takes an admin's key. */
export function addCache(program: Command, world: World): void {
  const cache = program.command('cache').description('Look after the cache; for admins.');
  const stats = cache
    .command('stats', { isDefault: true })
    .description('Say how full the cache is and how often it answers.')
    .action((options: GatewayOptions) => showStats(options, world));
  const clear = cache
    .command('clear')
    .description('Forget what the cache keeps: all of it, or what one model was asked.')
    .option(...MODEL)
    .action((options: ClearOptions) => clearCache(options, world));
  const statsDirectly = program
    .command('cache-stats')
    .description('The same as "cache stats".')
    .action((options: GatewayOptions) => showStats(options, world));
  const clearDirectly = program
    .command('clear-cache')
    .description('The same as "cache clear".')
    .option(...MODEL)
    .action((options: ClearOptions) => clearCache(options, world));
  gatewayCommand(stats, 'cache', 'cache stats --json');
  gatewayCommand(clear, 'cache clear', 'cache clear --model gpt-4o-mini');
  gatewayCommand(statsDirectly, 'cache-stats');
  gatewayCommand(clearDirectly, 'clear-cache');
}

interface Counts {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly hit_rate: number;
}

interface Stats extends Counts {
  readonly semantic_hits: number;
  readonly bypassed: number;
  readonly size_bytes: number;
  readonly memory_usage: number;
  readonly oldest_entry: string | null;
  readonly newest_entry: string | null;
  readonly model_stats: Readonly<Record<string, Counts>>;
}

function showStats(options: GatewayOptions, world: World): Promise<void> {
  return atGateway(world, options, async (client) => {
    const answer = await client.get('/v1/cache/stats');
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(statsText(answer as unknown as Stats));
  });
}

function statsText(stats: Stats): string {
  const all = columns([
    ['answers kept', String(stats.entries)],
    ['size', `${stats.size_bytes} bytes, ${percent(stats.memory_usage)} of what there may be`],
    ['answered', `${percent(stats.hit_rate)}: ${stats.hits} hits, ${stats.misses} misses`],
    ['by meaning', `${stats.semantic_hits} of the hits`],
    ['passed by', String(stats.bypassed)],
    ['oldest', stats.oldest_entry ?? '-'],
    ['newest', stats.newest_entry ?? '-'],
  ]);
  const models = Object.entries(stats.model_stats).map(([name, { entries, hits, misses }]) => [
    name,
    `${entries} kept`,
    `${hits} hits`,
    `${misses} misses`,
  ]);
  return models.length === 0 ? all : `${all}\n${columns(models)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function clearCache({ model, ...options }: ClearOptions, world: World): Promise<void> {
  return atGateway(world, options, async (client) => {
    const answer = await client.send('POST', '/v1/cache/clear', model === undefined ? {} : { model });
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(`${String(answer['cleared_entries'])} answers forgotten.\n`);
  });
}
