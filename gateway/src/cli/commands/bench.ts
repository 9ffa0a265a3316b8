import { type Command, Option } from 'commander';
import { isIP } from 'node:net';
import type { Target } from '../../benching/asking.ts';
import { benchCache } from '../../benching/cache.ts';
import type { BenchPorts, BenchReport } from '../../benching/contract.ts';
import { benchLatency, type LoadWish } from '../../benching/latency.ts';
import { benchThroughput } from '../../benching/throughput.ts';
import { type ReportOptions, tellReport } from '../bench-report.ts';
import { benchScene } from '../bench-scene.ts';
import { ended, EXIT, usageError } from '../exit.ts';
import { withExamples } from '../gateway-command.ts';
import { share, upTo, wholeNumber } from '../option-values.ts';
import type { World } from '../world.ts';
import { addTextBenches } from './bench-texts.ts';

interface LoadOptions extends ReportOptions {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly model: string;
  readonly compareUrl?: string;
  readonly compareKey?: string;
  readonly compareModel?: string;
  readonly requests: number;
  readonly concurrency: number;
  readonly promptLength: number;
  readonly outputTokens: number;
  readonly yes?: boolean;
}

interface CacheOptions extends LoadOptions {
  readonly repeated: number;
  readonly seed: number;
}

const REQUESTS_MAX = 1_000_000;
const CONCURRENCY_MAX = 1024;
const PROMPT_CHARACTERS_MAX = 1_000_000;

/** `synthlang bench`: measures a gateway, or what this one does to texts, and says so in a table. */
export function addBench(program: Command, world: World): void {
  const bench = program
    .command('bench')
    .description('Measure: tokens and costs saved, latency, throughput, the cache.');
  addTextBenches(bench, world, { reported, run: (act, options) => run(world, options, act) });
  const latency = asking(bench.command('latency'), { requests: 100, concurrency: 1 })
    .description('How long answers take, whole and streamed.')
    .action((options: LoadOptions) => load(world, options, {}, benchLatency));
  const throughput = asking(bench.command('throughput'), { requests: 200, concurrency: 64 })
    .description('How many requests a second are answered, as more and more come at once.')
    .action((options: LoadOptions) => load(world, options, {}, benchThroughput));
  const cache = asking(bench.command('cache'), { requests: 200, concurrency: 4 })
    .description('What the cache answers, and how fast, when some questions come again.')
    .option('--repeated <share>', 'how many of the questions were asked before, from 0 to 1', share, 0.5)
    .option('--seed <number>', 'another one asks other questions', wholeNumber, 1)
    .action((options: CacheOptions) =>
      load(world, options, { cache: { enabled: true } }, (wish, ports) =>
        benchCache({ ...wish, repeatedShare: options.repeated, seed: options.seed }, ports),
      ),
    );
  withExamples(
    latency,
    'bench latency',
    'bench latency --base-url https://gateway.example/v1 --api-key sk-… --model gpt-4o-mini --requests 20 --yes',
    'bench latency --base-url http://127.0.0.1:8000/v1 --model m --compare-url http://127.0.0.1:11434/v1 --compare-model m',
  );
  withExamples(throughput, 'bench throughput --concurrency 256 --output results');
  withExamples(cache, 'bench cache --repeated 0.8 --json');
}

/** Adds the options that say how the report is told. */
function reported(command: Command): Command {
  return command
    .addOption(
      new Option('--format <form>', 'how it is printed').choices(['text', 'json', 'markdown', 'html']).default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <folder>', 'also write it there as JSON, Markdown and a page with charts');
}

function asking(command: Command, usual: { readonly requests: number; readonly concurrency: number }): Command {
  return reported(command)
    .option('--base-url <url>', 'who is asked, with /v1 (default: a gateway started for this, whose model echoes)')
    .option('--api-key <key>', 'the key for it (default: SYNTHLANG_API_KEY)')
    .option('-m, --model <name>', 'the model that is asked', 'bench')
    .option('--compare-url <url>', 'somebody else to ask in turn, such as the provider itself')
    .option('--compare-key <key>', 'the key for that')
    .option('--compare-model <name>', 'the model there (default: the same)')
    .option('-n, --requests <number>', 'how many requests each', upTo(REQUESTS_MAX), usual.requests)
    .option('-c, --concurrency <number>', 'how many at once, at most', upTo(CONCURRENCY_MAX), usual.concurrency)
    .option('--prompt-length <characters>', 'how long each question is', upTo(PROMPT_CHARACTERS_MAX), 500)
    .option('--output-tokens <number>', 'longest answer to ask for', upTo(100_000), 1000)
    .option('-y, --yes', 'ask others than this machine, which may cost money');
}

type Act = (wish: LoadWish, ports: BenchPorts) => Promise<BenchReport>;

async function load(world: World, options: LoadOptions, settings: object, act: Act): Promise<void> {
  const named = namedTargets({ apiKey: world.io.env()['SYNTHLANG_API_KEY'] ?? '', ...options });
  const scene = named.length === 0 ? await benchScene(settings) : undefined;
  try {
    const targets = scene ? [scene.target] : named;
    const { requests, concurrency, promptLength, outputTokens: outputTokensMax } = options;
    const prompt = 'How are you? '.repeat(Math.ceil(promptLength / 13)).slice(0, promptLength);
    await run(world, options, (ports) => act({ targets, requests, concurrency, prompt, outputTokensMax }, ports));
  } finally {
    await scene?.close();
  }
}

/** Ctrl-C ends the measuring, and what was found until then is still told. */
async function run(
  world: World,
  options: ReportOptions,
  act: (ports: BenchPorts) => Promise<BenchReport>,
): Promise<void> {
  const stop = new AbortController();
  world.onSignal('SIGINT', () => stop.abort());
  world.onOutputClosed(() => stop.abort());
  const onProgress = (text: string): void => world.io.stderr(`${text}\n`);
  const report = await act({ signal: stop.signal, onProgress, clockMs: world.clockMs });
  tellReport(report, options, world);
  if (report.isCut) throw ended(EXIT.cancelled);
}

function namedTargets(options: LoadOptions): readonly Target[] {
  const { baseUrl, apiKey = '', model, compareUrl, compareKey = '', compareModel = model } = options;
  const targets = [
    ...(baseUrl === undefined ? [] : [{ name: 'asked', baseUrl, key: apiKey, model }]),
    ...(compareUrl === undefined
      ? []
      : [{ name: 'compared', baseUrl: compareUrl, key: compareKey, model: compareModel }]),
  ];
  if (baseUrl === undefined && compareUrl !== undefined) throw usageError('--compare-url needs --base-url.');
  const abroad = targets.filter((target) => !isHere(target.baseUrl));
  if (abroad.length > 0 && options.yes !== true)
    throw usageError(
      `This asks ${abroad.map((target) => target.baseUrl).join(' and ')} up to ${options.requests} times or more, which may cost money. Say --yes to do it.`,
    );
  return targets.map((target) => ({ ...target, baseUrl: target.baseUrl.replace(/\/+$/, '') }));
}

function isHere(url: string): boolean {
  if (!URL.canParse(url)) throw usageError(`${url} is not a URL.`);
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
