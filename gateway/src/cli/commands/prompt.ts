import type { Command } from 'commander';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { givenText } from '../given-text.ts';
import { jsonObject, positiveNumber } from '../option-values.ts';
import { columns, shownText } from '../plain-text.ts';
import type { World } from '../world.ts';

type Fields = Readonly<Record<string, unknown>>;

interface PromptOptions extends GatewayOptions {
  readonly name: string;
  readonly promptVersion?: number;
  readonly owner?: string;
}

interface SaveOptions extends PromptOptions {
  readonly prompt?: string;
  readonly file?: string;
  readonly metadata?: object;
}

interface CompareOptions extends GatewayOptions {
  readonly prompt1: string;
  readonly prompt2: string;
  readonly version1?: number;
  readonly version2?: number;
  readonly owner?: string;
}

const PATH = '/v1/synthlang/prompts';
const NAME = ['--name <name>', 'its name'] as const;
const VERSION = ['--prompt-version <number>', 'which version; the newest unless it is said', positiveNumber] as const;
const OWNER = ['--owner <owner>', 'whose, for admins: user:NAME or key:ID'] as const;

/** `synthlang prompt`: saved prompts and their versions. */
export function addPrompt(program: Command, world: World): void {
  const prompt = program.command('prompt').description('Save prompts with their versions, and see what changed.');
  addSave(prompt, world);
  addLooking(prompt, world);
  const remove = prompt
    .command('delete')
    .description('Delete a prompt with all its versions, or one old version.')
    .requiredOption(...NAME)
    .option(...VERSION)
    .option(...OWNER)
    .action((options: PromptOptions) =>
      answered(
        world,
        options,
        ['POST', 'delete', named(options)],
        ({ deleted_versions: count }) => `Deleted ${count === 1 ? '1 version' : `${String(count)} versions`}.\n`,
      ),
    );
  const compare = prompt
    .command('compare')
    .description('Show how two prompts differ, or two versions of one. Takes a key with the role premium.')
    .requiredOption('--prompt1 <name>', 'the one')
    .requiredOption('--prompt2 <name>', 'the other')
    .option('--version1 <number>', 'its version; the newest unless it is said', positiveNumber)
    .option('--version2 <number>', 'the same of the other', positiveNumber)
    .option(...OWNER)
    .action((options: CompareOptions) => answered(world, options, ['POST', 'compare', compared(options)], differences));
  gatewayCommand(remove, 'prompt delete --name summary');
  gatewayCommand(compare, 'prompt compare --prompt1 summary --prompt2 summary --version1 1');
}

function addSave(prompt: Command, world: World): void {
  const save = prompt
    .command('save')
    .description('Save a prompt; a name that is there already gets another version.')
    .requiredOption(...NAME)
    .option('--prompt <text>', 'the prompt; - reads standard input')
    .option('-f, --file <path>', 'read the prompt from a file')
    .option('--metadata <json>', 'what else to keep, as a JSON object', jsonObject)
    .action((options: SaveOptions) =>
      atGateway(world, options, async (client, signal) => {
        const text = await givenText({ option: options.prompt, file: options.file }, '--prompt', world, signal);
        const body = { name: options.name, prompt: text, metadata: options.metadata };
        const answer = await client.send('POST', `${PATH}/save`, body);
        if (options.json === true) printJson(world, answer);
        else world.io.stdout(`Saved as version ${String(answer['prompt_version'])}.\n`);
      }),
    );
  gatewayCommand(
    save,
    'prompt save --name summary --prompt "Sum up the text."',
    'prompt save --name summary -f prompt.txt',
  );
}

function addLooking(prompt: Command, world: World): void {
  const load = prompt
    .command('load')
    .description('Print a prompt.')
    .requiredOption(...NAME)
    .option(...VERSION)
    .option(...OWNER)
    .action((options: PromptOptions) =>
      answered(world, options, ['POST', 'load', named(options)], ({ prompt: text }) => `${String(text)}\n`),
    );
  const list = prompt
    .command('list', { isDefault: true })
    .description('List the prompts; an admin sees those of all.')
    .option(...OWNER)
    .action((options: PromptOptions) => {
      const query = options.owner === undefined ? 'list' : `list?owner=${encodeURIComponent(options.owner)}`;
      return answered(world, options, ['GET', query], ({ prompts }) => {
        const rows = (prompts as readonly Fields[]).map(rowOf);
        if (rows.length === 0) world.io.stderr('There are none; "synthlang prompt save" keeps one.\n');
        return columns(rows);
      });
    });
  gatewayCommand(load, 'prompt load --name summary', 'prompt load --name summary --prompt-version 1');
  gatewayCommand(list, 'prompt', 'prompt list --json');
}

function answered(
  world: World,
  options: GatewayOptions,
  [method, path, body]: readonly [string, string, object?],
  text: (answer: Fields) => string,
): Promise<void> {
  return atGateway(world, options, async (client) => {
    const answer = await client.send(method, `${PATH}/${path}`, body);
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(world.isTerminal ? shownText(text(answer)) : text(answer));
  });
}

function named({ name, promptVersion, owner }: PromptOptions): object {
  return { name, prompt_version: promptVersion, owner };
}

function compared({ prompt1, prompt2, version1, version2, owner }: CompareOptions): object {
  return { name1: prompt1, name2: prompt2, prompt_version1: version1, prompt_version2: version2, owner };
}

function rowOf({ name, prompt_version: version, updated_at: updated, owner }: Fields): readonly string[] {
  return [String(name), `v${String(version)}`, String(updated), String(owner)];
}

const MARKS: Readonly<Record<string, string>> = { added: '+', removed: '-', same: ' ' };

/** Line by line, as everybody who has seen a patch can read it. */
function differences({ metrics, differences: found }: Fields): string {
  const { lines } = found as { readonly lines: readonly { readonly change: string; readonly text: string }[] };
  const shown = lines.flatMap(({ change, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `${MARKS[change] ?? ' '} ${line}\n`),
  );
  const { similarity_score: similarity, token_difference: tokens } = metrics as Readonly<Record<string, number>>;
  return `${shown.join('')}\nsimilarity ${similarity}, ${(tokens ?? 0) > 0 ? '+' : ''}${tokens} tokens\n`;
}
