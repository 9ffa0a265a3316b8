import { type Command, Option } from 'commander';
import { benchCache } from '../../benching/cache.ts';
import { benchLatency } from '../../benching/latency.ts';
import { benchThroughput, stepsTo } from '../../benching/throughput.ts';
import { type Load, type LoadOptions, runLoad } from '../bench-load.ts';
import { runBench } from '../bench-run.ts';
import { withExamples } from '../gateway-command.ts';
import { share, upTo, wholeNumber } from '../option-values.ts';
import type { World } from '../world.ts';
import { addBenchProvider } from './bench-provider.ts';
import { addTextBenches } from './bench-texts.ts';

interface CacheOptions extends LoadOptions {
  readonly repeated: number;
  readonly seed: number;
}

const REQUESTS_MAX = 1_000_000;
const CONCURRENCY_MAX = 1024;
const PROMPT_CHARACTERS_MAX = 1_000_000;
const TIMEOUT_S_MAX = 3600;

/** `synthlang bench`: measures a gateway, or what this one does to texts, and says so in a table. */
export function addBench(program: Command, world: World): void {
  const bench = program
    .command('bench')
    .description('Measure: tokens and costs saved, latency, throughput, the cache.');
  addTextBenches(bench, world, { reported, run: (act, options) => runBench(world, options, act) });
  const latency = asking(bench.command('latency'), { requests: 200, concurrency: 1, delay: 0 })
    .description('How long answers take, whole and streamed.')
    .action((options: LoadOptions) => runLoad(world, options, LATENCY));
  const throughput = asking(bench.command('throughput'), { requests: 200, concurrency: 64, delay: 0 })
    .description('How many requests a second are answered, as more and more come at once.')
    .action((options: LoadOptions) => runLoad(world, options, THROUGHPUT));
  const cache = asking(bench.command('cache'), { requests: 200, concurrency: 4, delay: 50 })
    .description('What the cache answers, and how fast, when some questions come again.')
    .option('--repeated <share>', 'how many of the questions were asked before, from 0 to 1', share, 0.5)
    .option('--seed <number>', 'another one asks other questions', wholeNumber, 1)
    .action((options: CacheOptions) => runLoad(world, options, cacheLoad(options)));
  withExamples(
    latency,
    'bench latency',
    'bench latency --base-url https://gateway.example/v1 --api-key sk-… --model gpt-4o-mini --requests 20 --yes',
    'bench latency --base-url http://127.0.0.1:8000/v1 --model m --compare-url http://127.0.0.1:11434/v1 --compare-model m',
  );
  withExamples(throughput, 'bench throughput --concurrency 256 --output results');
  withExamples(cache, 'bench cache --repeated 0.8 --json');
  addBenchProvider(bench, world);
}

/** Adds the options that say how the report is told. */
function reported(command: Command): Command {
  return command
    .addOption(
      new Option('--format <form>', 'how it is printed').choices(['text', 'json', 'markdown', 'html']).default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <folder>', 'also write it there as JSON, Markdown and a page with charts')
    .addOption(new Option('--output-dir <folder>', 'the same, as the original names it').hideHelp());
}

interface Usual {
  readonly requests: number;
  readonly concurrency: number;
  readonly delay: number;
}

function asking(command: Command, usual: Usual): Command {
  return reported(command)
    .option(
      '--base-url <url>',
      'who is asked, with /v1 (default: a gateway started for this, before a provider of its own)',
    )
    .option('--api-key <key>', 'the key for it (default: SYNTHLANG_API_KEY)')
    .option('-m, --model <name>', 'the model that is asked', 'bench')
    .option('--compare-url <url>', 'somebody else to ask in turn, such as the provider itself')
    .option('--compare-key <key>', 'the key for that')
    .option('--compare-model <name>', 'the model there (default: the same)')
    .option('-n, --requests <number>', 'how many requests each', upTo(REQUESTS_MAX), usual.requests)
    .option('-c, --concurrency <number>', 'how many at once, at most', upTo(CONCURRENCY_MAX), usual.concurrency)
    .option('--prompt-length <characters>', 'how long each question is', upTo(PROMPT_CHARACTERS_MAX), 500)
    .option('--output-tokens <number>', 'longest answer to ask for', upTo(100_000), 1000)
    .option('--timeout <seconds>', 'answers that take longer are errors', upTo(TIMEOUT_S_MAX), 120)
    .option('--provider-delay <ms>', 'how long the provider of its own thinks', wholeNumber, usual.delay)
    .option('-y, --yes', 'ask others than this machine, which may cost money');
}

const LATENCY: Load = {
  run: benchLatency,
  count: ({ requests }) => 2 * requests,
  settings: {},
  isCompared: true,
};
const THROUGHPUT: Load = {
  run: benchThroughput,
  count: ({ requests, concurrency }) => stepsTo(concurrency).reduce((sum, step) => sum + Math.max(step, requests), 0),
  settings: {},
  isCompared: true,
};

function cacheLoad({ repeated: repeatedShare, seed }: CacheOptions): Load {
  return {
    run: (wish, ports) => benchCache({ ...wish, repeatedShare, seed }, ports),
    count: ({ requests }) => requests,
    settings: { cache: { enabled: true } },
    isCompared: false,
  };
}
