import { type Command, Option } from 'commander';
import { atGateway, printJson } from '../gateway-command.ts';
import { givenText } from '../given-text.ts';
import { oneLine } from '../plain-text.ts';
import type { World } from '../world.ts';
import { printText, workCommand, type WorkOptions } from '../work-command.ts';

type Fields = Readonly<Record<string, unknown>>;

interface TranslateOptions extends WorkOptions {
  readonly source?: string;
  readonly instructions?: string;
  readonly showMetrics?: boolean;
}

interface GenerateOptions extends WorkOptions {
  readonly task?: string;
}

/** `synthlang translate` and `generate`: a model writes a prompt, by the gateway. */
export function addPromptWriting(program: Command, world: World): void {
  addTranslate(program, world);
  addGenerate(program, world);
}

function addTranslate(program: Command, world: World): void {
  const translate = program
    .command('translate')
    .description('Write a text in SynthLang, a terse notation for prompts.')
    .argument('[text]', 'the text; - reads standard input')
    .option('--source <text>', 'the text, as the original has it')
    .addOption(new Option('--framework <name>', 'what to translate into').choices(['synthlang']).default('synthlang'))
    .option('--instructions <text>', 'what else to heed')
    .option('--show-metrics', 'say how many tokens it was and is')
    .action((argument: string | undefined, options: TranslateOptions) =>
      atGateway(world, options, async (client, signal) => {
        const text = await givenText({ ...options, argument, option: options.source }, '--source', world, signal);
        const { instructions, model } = options;
        printWork(
          await client.send('POST', '/v1/synthlang/translate', { text, instructions, model }),
          'target',
          options,
          world,
        );
      }),
    );
  workCommand(
    translate,
    'translate "Sum up the reviews and name three complaints"',
    'translate --show-metrics - < task.txt',
  );
}

function addGenerate(program: Command, world: World): void {
  const generate = program
    .command('generate')
    .description('Write a prompt for a task.')
    .argument('[task]', 'what the prompt is for; - reads standard input')
    .option('--task <text>', 'the same, as the original has it')
    .action((argument: string | undefined, options: GenerateOptions) =>
      atGateway(world, options, async (client, signal) => {
        const task = await givenText({ ...options, argument, option: options.task }, '--task', world, signal);
        const body = { task_description: task, model: options.model };
        printWork(await client.send('POST', '/v1/synthlang/generate', body), 'prompt', options, world);
      }),
    );
  workCommand(generate, 'generate "Sum up support mails in one sentence"', 'generate --json - < task.txt');
}

/** Prints the text that was asked for; what else there is to know goes beside it. */
function printWork(answer: Fields, field: string, options: TranslateOptions, world: World): void {
  if (options.json === true) return printJson(world, answer);
  printText(world, answer[field]);
  const { explanation, rationale, metrics } = answer;
  world.io.stderr(`${oneLine(String(explanation ?? rationale))}\n`);
  if (options.showMetrics !== true) return;
  const { source_tokens: before, target_tokens: after } = metrics as Fields;
  const { exact_tokens: isExact } = answer['metadata'] as Fields;
  world.io.stderr(`${String(before)} → ${String(after)} tokens (${isExact === true ? 'exact' : 'estimate'})\n`);
}
