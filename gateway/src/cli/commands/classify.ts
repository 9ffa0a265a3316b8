import type { Command } from 'commander';
import type { GatewayClient } from '../gateway-client.ts';
import { usageError } from '../exit.ts';
import { atGateway, printJson } from '../gateway-command.ts';
import { givenText, jsonRows } from '../given-text.ts';
import { names } from '../option-values.ts';
import { columns, oneLine } from '../plain-text.ts';
import type { World } from '../world.ts';
import { workCommand, type WorkOptions } from '../work-command.ts';

interface ClassifyOptions extends WorkOptions {
  readonly text?: string;
  readonly labels?: readonly string[];
  readonly testData?: string;
}

interface Classified {
  readonly label?: string;
  readonly confidence?: number;
  readonly explanation?: string;
  readonly all_labels?: readonly { readonly label: string; readonly score: number }[];
}

const PATH = '/v1/synthlang/classify';

/** `synthlang classify`: which label fits a text, and how often that is right. */
export function addClassify(program: Command, world: World): void {
  const classify = program.command('classify').description('Say which of some labels fits a text.');
  const predict = classify
    .command('predict', { isDefault: true })
    .description('Classify one text.')
    .argument('[text]', 'the text; - reads standard input')
    .option('--text <text>', 'the text, as the original has it')
    .requiredOption('-l, --labels <names>', 'the labels, separated by commas', names)
    .action((argument: string | undefined, options: ClassifyOptions) =>
      atGateway(world, options, async (client, signal) => {
        const text = await givenText({ ...options, argument, option: options.text }, '--text', world, signal);
        print(await classified(client, text, options.labels ?? [], options), options, world);
      }),
    );
  const evaluate = classify
    .command('evaluate')
    .description('Classify texts whose label is known, and say how often that is right.')
    .requiredOption('--test-data <file>', 'JSON list of {"text", "label"}')
    .option('-l, --labels <names>', 'the labels, separated by commas (default: those of the file)', names)
    .action((options: ClassifyOptions) => evaluateFile(options, world));
  workCommand(
    predict,
    'classify "The screen broke" --labels complaint,praise',
    'classify predict -l yes,no - < mail.txt',
  );
  workCommand(evaluate, 'classify evaluate --test-data known.json');
}

async function classified(
  client: GatewayClient,
  text: string,
  labels: readonly string[],
  { model }: ClassifyOptions,
): Promise<Classified> {
  return client.send('POST', PATH, { text, labels, model });
}

function print(answer: Classified, { json }: ClassifyOptions, world: World): void {
  if (json === true) return printJson(world, answer);
  world.io.stdout(columns((answer.all_labels ?? []).map(({ label, score }) => [label, String(score)])));
  world.io.stderr(`${oneLine(String(answer.explanation))}\n`);
}

function evaluateFile(options: ClassifyOptions, world: World): Promise<void> {
  const rows = jsonRows(options.testData ?? '', ['text', 'label'], world);
  if (rows.length === 0) throw usageError(`${options.testData} holds nothing to classify.`);
  const labels = options.labels ?? [...new Set(rows.map(({ label }) => label))];
  return atGateway(world, options, async (client) => {
    const wrong: object[] = [];
    for (const [at, { text, label }] of rows.entries()) {
      const { label: got, confidence } = await classified(client, text, labels, options);
      if (got !== label) wrong.push({ text, label, got, confidence });
      world.io.stderr(`${at + 1} of ${rows.length}\n`);
    }
    const accuracy = (rows.length - wrong.length) / rows.length;
    if (options.json === true) return printJson(world, { total: rows.length, accuracy, wrong });
    world.io.stdout(`${rows.length - wrong.length} of ${rows.length} right (${(accuracy * 100).toFixed(1)} %)\n`);
  });
}
