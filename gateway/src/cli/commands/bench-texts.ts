import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { benchCompression } from '../../benching/compression.ts';
import type { BenchPorts, BenchReport } from '../../benching/contract.ts';
import { benchCost, type CostWish } from '../../benching/cost.ts';
import { conversationsOf, type Samples, samplesOf } from '../../benching/samples.ts';
import { LEVEL_WAYS } from '../../benching/tally.ts';
import { compressors, legacyCompressors, legacyDecompress } from '../../compressors/index.ts';
import { priceBook } from '../../ledger/prices.ts';
import { providers } from '../../providers/index.ts';
import { fullModelName, splitTarget } from '../../routing/known-names.ts';
import { requestSaving } from '../../saving/saved-request.ts';
import { textCompression } from '../../saving/text-compression.ts';
import { type TokenCounter, tokenCounter } from '../../tokens/count.ts';
import type { ReportOptions } from '../bench-report.ts';
import { requestsIn } from '../bench-requests.ts';
import { usageError } from '../exit.ts';
import { withExamples } from '../gateway-command.ts';
import { share, upTo, wholeNumber } from '../option-values.ts';
import type { World } from '../world.ts';

interface TextOptions extends ReportOptions {
  readonly file?: readonly string[];
  readonly textType?: readonly string[];
  readonly sampleSize: number;
  readonly seed: number;
}

interface CompressionOptions extends TextOptions {
  readonly model: string;
  readonly codec: readonly string[];
  readonly method?: readonly string[];
}

interface CostOptions extends TextOptions {
  readonly model: readonly string[];
  readonly requestsFile?: string;
  readonly requestCount: number;
  readonly outputTokens: number;
  readonly repeated: number;
}

const ORIGINAL_WAYS = ['legacy-low', 'legacy-medium', 'legacy-high', 'legacy-gzip'];
/** The original named its ways so. */
const ORIGINAL_NAMES = new Map([
  ['synthlang', 'legacy-medium'],
  ['gzip', 'legacy-gzip'],
]);
const FILE_BYTES_MAX = 10_000_000;
const SAMPLES_MAX = 1000;

/** What all benches have in common. */
interface TextBenchWays {
  readonly reported: (command: Command) => Command;
  readonly run: (act: (ports: BenchPorts) => Promise<BenchReport>, options: ReportOptions) => Promise<void>;
}

/** Adds the benches that need no gateway: tokens and costs of texts. */
export function addTextBenches(bench: Command, world: World, { reported, run }: TextBenchWays): void {
  const compression = onTexts(reported(bench.command('compression')))
    .description('How many tokens each way to compress saves on each kind of text, and where it saves nothing.')
    .option('-m, --model <name>', 'whose tokens are counted', 'gpt-4o')
    .option('--codec <name...>', 'ways besides low, medium and high', ORIGINAL_WAYS)
    .option('--method <name...>', 'only these ways; "synthlang" and "gzip" as the original has them as well')
    .action(({ codec, model, method = [...LEVEL_WAYS, ...codec], ...options }: CompressionOptions) => {
      // Counts that were remembered from one way would make the next one look fast.
      const counterFor = (name: string) => tokenCounter(name, { remembers: false });
      const wish = { ...textsOf(options, world, counterFor), model, ways: method.map(wayNamed) };
      return run((ports) => benchCompression(wish, ports), options);
    });
  const cost = onTexts(reported(bench.command('cost')))
    .description('What a month of requests costs: as it is, with token saving, and with the cache.')
    .option('-m, --model <name...>', 'with which models', ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5'])
    .option('--requests-file <path>', 'your own requests, one in each line, as sent to /v1/chat/completions')
    .option('--request-count <number>', 'requests in a month', wholeNumber, 100_000)
    .option('--output-tokens <number>', 'how long answers are', wholeNumber, 300)
    .option('--repeated <share>', 'how many requests were asked before, from 0 to 1', share, 0.2)
    .action((options: CostOptions) => run((ports) => benchCost(costWish(options, world), ports), options));
  withExamples(compression, 'bench compression', 'bench compression --file answer.json app.log --output results');
  withExamples(
    cost,
    'bench cost',
    'bench cost --model gpt-4o --request-count 1000000 --repeated 0.4 --json',
    'bench cost --requests-file requests.jsonl',
  );
}

function costWish(options: CostOptions, world: World): CostWish {
  const { requestsFile, requestCount: requestsPerMonth, outputTokens, repeated: repeatedShare } = options;
  const { samples, save } = textsOf(options, world, tokenCounter);
  const workloads =
    requestsFile === undefined
      ? samples.map((sample) => ({ kind: sample.kind, requests: conversationsOf(sample) }))
      : [requestsIn(requestsFile, world.io.cwd())];
  return { workloads, models: priced(options.model, world), requestsPerMonth, outputTokens, repeatedShare, save };
}

function onTexts(command: Command): Command {
  return command
    .option('-f, --file <path...>', 'your own texts, instead of made-up ones')
    .option('--kind, --text-type <name...>', 'only these kinds of made-up texts, such as tool, log or prose')
    .option('--sample-size <number>', 'made-up texts of each kind', upTo(SAMPLES_MAX), 3)
    .option('--seed <number>', 'another one makes other texts', wholeNumber, 1);
}

function textsOf(
  { file: files, textType: kinds, sampleSize, seed }: TextOptions,
  { io }: World,
  counterFor: (model: string) => Promise<TokenCounter>,
) {
  return {
    origin: files ? 'files' : `made from seed ${seed}`,
    samples: files ? files.map((path) => sampleIn(path, io.cwd())) : madeSamples(samplesOf(seed, sampleSize), kinds),
    texts: textCompression({ compressors, legacy: legacyCompressors, legacyDecompress, counterFor }),
    save: requestSaving({ compressors, counterFor }),
  };
}

function madeSamples(all: readonly Samples[], kinds: readonly string[] | undefined): readonly Samples[] {
  if (!kinds) return all;
  const isOf = (name: string, kind: string): boolean => kind === name || kind.startsWith(`${name}:`);
  const unknown = kinds.find((name) => !all.some(({ kind }) => isOf(name, kind)));
  if (unknown !== undefined)
    throw usageError(`There are no texts of the kind "${unknown}", but ${all.map(({ kind }) => kind).join(', ')}.`);
  return all.filter(({ kind }) => kinds.some((name) => isOf(name, kind)));
}

function sampleIn(path: string, folder: string): Samples {
  const whole = resolve(folder, path);
  if (statSync(whole).size > FILE_BYTES_MAX) throw usageError(`${path} is longer than ${FILE_BYTES_MAX} bytes.`);
  return { kind: basename(path), texts: [readFileSync(whole, 'utf8')] };
}

function wayNamed(given: string): string {
  const name = ORIGINAL_NAMES.get(given) ?? given;
  const known: readonly string[] = [...LEVEL_WAYS, ...[...compressors, ...legacyCompressors].map(({ id }) => id)];
  if (!known.includes(name)) throw usageError(`There is no way "${given}", but ${known.join(', ')}.`);
  return name;
}

/** A model without a price can't be in a table of prices. */
function priced(names: readonly string[], { nowMs }: World) {
  const prices = priceBook(nowMs);
  return names.map((given) => {
    const name = fullModelName(providers, given);
    const found = splitTarget(providers, name);
    const list = found && found.provider.kind !== 'local' ? found.provider.priceList : undefined;
    const price = found && list !== undefined ? prices(list, found.model) : undefined;
    if (!price) throw usageError(`No price is known for ${given}; name it as provider/model, e.g. openai/gpt-4o.`);
    return { name, price };
  });
}
