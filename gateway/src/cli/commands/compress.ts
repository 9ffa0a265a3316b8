import { type Command, Option } from 'commander';
import { compressors, legacyCompressors, legacyDecompress } from '../../compressors/index.ts';
import type { CompressedText, SavingLevel } from '../../model/compressed-text.ts';
import { textCompression } from '../../saving/text-compression.ts';
import { tokenCounter } from '../../tokens/count.ts';
import { credentials } from '../credentials.ts';
import { atGateway, cancellable, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { textArgument } from '../text-argument.ts';
import type { World } from '../world.ts';

interface TextOptions extends GatewayOptions {
  readonly model: string;
  readonly codec?: string;
  readonly useGzip?: boolean;
}

interface CompressOptions extends TextOptions {
  readonly level: SavingLevel;
}

type Fields = Readonly<Record<string, unknown>>;

interface Work {
  readonly path: string;
  readonly body: (text: string) => object;
  readonly inProcess: (text: string) => Promise<Fields>;
  /** Which field of the answer is the text, and which count stands before the other. */
  readonly text: string;
  readonly counts: readonly [string, string];
}

/** `synthlang compress` and `decompress`: single texts, by the gateway that was named or else in this process. */
export function addCompress(program: Command, world: World): void {
  const compress = program
    .command('compress')
    .description('Say a text in fewer tokens. Without a login or --endpoint no gateway is needed.')
    .argument('<text>', 'the text; - reads standard input, without its last line end')
    .addOption(new Option('-l, --level <level>', 'how far to go').choices(['low', 'medium', 'high']).default('medium'))
    .option('--codec <name>', 'one way to compress by its name, instead of the best one')
    .option('--use-gzip', 'as the original packs texts: fewer bytes, but more tokens')
    .option('-m, --model <name>', 'whose tokens are counted', 'gpt-4o')
    .action((text: string, options: CompressOptions) => run(text, options, compressing(options), world));
  const decompress = program
    .command('decompress')
    .description('Give back what a compressed text says.')
    .argument('<text>', 'the text; - reads standard input, without its last line end')
    .option('--codec <name>', 'the codec it was compressed with; only the names that begin with legacy- matter')
    .option('--use-gzip', 'the text was packed as the original packs texts')
    .option('-m, --model <name>', 'whose tokens are counted', 'gpt-4o')
    .action((text: string, options: TextOptions) => run(text, options, decompressing(options), world));
  gatewayCommand(compress, 'compress - < answer.json', 'compress --level high --json - < answer.json');
  gatewayCommand(decompress, 'decompress - < compressed.txt');
}

async function run(given: string, options: TextOptions, work: Work, world: World): Promise<void> {
  const print = (answer: Fields): void => {
    if (options.json === true) return printJson(world, answer);
    world.io.stdout(`${String(answer[work.text])}\n`);
    world.io.stderr(`${summary(answer, work.counts)}\n`);
  };
  if (credentials(world.io.env(), options).isNamed)
    return atGateway(world, options, async (client, signal) => {
      print(await client.send('POST', work.path, work.body(await textArgument(given, world, signal))));
    });
  return cancellable(world, async (signal) => {
    print(await work.inProcess(await textArgument(given, world, signal)));
  });
}

function compressing({ level, model, useGzip, codec: named }: CompressOptions): Work {
  const codec = useGzip === true ? 'legacy-gzip' : named;
  const wish = codec === undefined ? { level } : { codec };
  return {
    path: '/v1/synthlang/compress',
    body: (text) => ({ text, model, ...(codec === undefined ? { compression_level: level } : { codec }) }),
    inProcess: async (text) => {
      const done = await texts().compress({ text, model, ...wish });
      return { compressed: done.text, original_tokens: done.originalTokens, ...fields(done) };
    },
    text: 'compressed',
    counts: ['original_tokens', 'compressed_tokens'],
  };
}

function decompressing({ model, useGzip, codec: named }: TextOptions): Work {
  const codec = useGzip === true ? 'legacy-gzip' : named;
  return {
    path: '/v1/synthlang/decompress',
    body: (text) => ({ text, model, ...(codec === undefined ? {} : { codec }) }),
    inProcess: async (text) => {
      const isLegacy = codec?.startsWith('legacy') ?? false;
      const { compressedTokens, originalTokens, ...done } = await texts().decompress({ text, model, isLegacy });
      const counts = { compressed_tokens: originalTokens, decompressed_tokens: compressedTokens };
      return { decompressed: done.text, ...counts, codec: done.codec, lossless: done.isLossless, ...counter(done) };
    },
    text: 'decompressed',
    counts: ['compressed_tokens', 'decompressed_tokens'],
  };
}

function fields(done: CompressedText): Fields {
  return {
    compressed_tokens: done.compressedTokens,
    reduction_percentage: done.reductionPercent,
    codec: done.codec,
    lossless: done.isLossless,
    ...counter(done),
  };
}

function counter({ tokenizer, isExact }: Pick<CompressedText, 'tokenizer' | 'isExact'>): Fields {
  return { tokenizer, exact: isExact };
}

function texts(): ReturnType<typeof textCompression> {
  return textCompression({
    compressors,
    legacy: legacyCompressors,
    legacyDecompress,
    counterFor: tokenCounter,
  });
}

function summary(answer: Fields, [before, after]: readonly [string, string]): string {
  const certainty = answer['exact'] === true ? 'exact' : 'estimate';
  const loss = answer['lossless'] === true ? 'lossless' : 'not lossless';
  return `${String(answer[before])} → ${String(answer[after])} tokens (${certainty}), ${String(answer['codec'])}, ${loss}`;
}
