import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { truthOf } from '../../config/environment-names.ts';
import { keywordsIn, type KeywordsFile } from '../../config/keywords-file.ts';
import { usageError } from '../exit.ts';
import { type GatewayClient, GatewayFailure } from '../gateway-client.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { defined, ROLES, share, wholeNumber } from '../option-values.ts';
import { oneLine } from '../plain-text.ts';
import type { World } from '../world.ts';

/** Where the gateway serves patterns. */
export const PATTERNS = '/v1/keywords/patterns';
/** Where it serves the settings of keyword detection. */
export const SETTINGS = '/v1/keywords/settings';

type Fields = Readonly<Record<string, unknown>>;

interface PatternOptions extends GatewayOptions {
  readonly pattern?: string;
  readonly tool?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly role?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly disabled?: boolean;
}

interface SettingsOptions extends GatewayOptions {
  readonly enable?: boolean;
  readonly threshold?: number;
  readonly role?: string;
}

interface ImportCounts {
  added: number;
  changed: number;
  kept: number;
}

/** Adds the commands that change patterns and settings. */
export function addKeywordChanges(keywords: Command, world: World): void {
  addAdding(keywords, world);
  addEditing(keywords, world);
  addDeleting(keywords, world);
  addSettings(keywords, world);
  addImport(keywords, world);
}

function addAdding(keywords: Command, world: World): void {
  const add = keywords
    .command('add')
    .description('Add a pattern.')
    .argument('<name>', 'its name')
    .requiredOption('-p, --pattern <expression>', 'what a message must say; named groups become parameters')
    .requiredOption('-t, --tool <name>', 'the tool that answers')
    .requiredOption('-d, --description <text>', 'what it is for')
    .option('-r, --priority <number>', 'higher ones are tried first, 0 to 100', wholeNumber)
    .addOption(new Option('-o, --role <role>', 'who may use it').choices(ROLES))
    .option('--disabled', 'keep it, but don’t use it')
    .action((name: string, options: PatternOptions) =>
      changed(world, options, (client) => client.send('POST', PATTERNS, { name, ...fieldsOf(options) })),
    );
  gatewayCommand(add, `keywords add sums -p 'what is (?P<expression>[0-9+*]+)' -t calculator -d "Asks for a sum."`);
}

function addEditing(keywords: Command, world: World): void {
  const edit = keywords
    .command('edit')
    .description('Change a pattern; what isn’t named stays.')
    .argument('<name>', 'the pattern')
    .option('-p, --pattern <expression>', 'what a message must say; named groups become parameters')
    .option('-t, --tool <name>', 'the tool that answers')
    .option('-d, --description <text>', 'what it is for')
    .option('-r, --priority <number>', 'higher ones are tried first, 0 to 100', wholeNumber)
    .addOption(new Option('-o, --role <role>', 'who may use it').choices(ROLES))
    .addOption(new Option('--enable', 'use it').conflicts('disable'))
    .option('--disable', 'keep it, but don’t use it')
    .action((name: string, options: PatternOptions) => {
      const fields = fieldsOf(options);
      if (Object.keys(fields).length === 0) throw usageError('Say what shall change, e.g. --priority 10.');
      return changed(world, options, (client) => client.send('PUT', pathOf(name), fields));
    });
  gatewayCommand(edit, 'keywords edit sums --priority 90', 'keywords edit sums --disable');
}

function addDeleting(keywords: Command, world: World): void {
  const remove = keywords
    .command('delete')
    .description('Take a pattern away.')
    .argument('<name>', 'the pattern')
    .action((name: string, options: GatewayOptions) =>
      changed(world, options, (client) => client.send('DELETE', pathOf(name))),
    );
  gatewayCommand(remove, 'keywords delete sums');
}

function addSettings(keywords: Command, world: World): void {
  const update = keywords
    .command('update-settings')
    .description('Change the settings of keyword detection; what isn’t named stays.')
    .option('-e, --enable <yes-or-no>', 'whether patterns are looked for', truth)
    .option('-t, --threshold <number>', 'the least share of a message that a pattern must cover, 0 to 1', share)
    .addOption(new Option('-r, --role <role>', 'who may use a pattern that doesn’t say it').choices(ROLES))
    .action((options: SettingsOptions) => {
      const fields = defined({
        enable_detection: options.enable,
        detection_threshold: options.threshold,
        default_role: options.role,
      });
      if (Object.keys(fields).length === 0) throw usageError('Say what shall change, e.g. --enable yes.');
      return changed(world, options, (client) => client.send('PUT', SETTINGS, fields));
    });
  gatewayCommand(update, 'keywords update-settings --enable yes --threshold 0.5');
}

function addImport(keywords: Command, world: World): void {
  const imported = keywords
    .command('import')
    .description('Add the patterns of a keywords.toml; those that are there already stay as they are.')
    .argument('<file>', 'the file')
    .option('-o, --overwrite', 'change those that are there already, too')
    .action((file: string, options: GatewayOptions & { readonly overwrite?: boolean }) => {
      const read = keywordsIn(readFileSync(resolve(world.io.cwd(), file), 'utf8'), basename(file));
      return changed(world, options, (client) => importAll(client, read, options.overwrite === true));
    });
  gatewayCommand(imported, 'keywords import keywords.toml', 'keywords import --overwrite keywords.toml');
}

async function importAll(client: GatewayClient, { patterns }: KeywordsFile, overwrites: boolean): Promise<Fields> {
  const { patterns: present } = (await client.get(PATTERNS)) as { patterns: readonly { name: string }[] };
  const names = new Set(present.map(({ name }) => name));
  const counts: ImportCounts = { added: 0, changed: 0, kept: 0 };
  for (const { requiredRole, name, ...pattern } of patterns) {
    const fields = { ...pattern, required_role: requiredRole };
    const [outcome, method, path] = names.has(name)
      ? ([overwrites ? 'changed' : 'kept', 'PUT', pathOf(name)] as const)
      : (['added', 'POST', PATTERNS] as const);
    if (outcome !== 'kept') await client.send(method, path, { name, ...fields }).catch(failed(name));
    counts[outcome] += 1;
  }
  return { success: true, counts };
}

function countsText({ added, changed: changes, kept }: ImportCounts): string {
  return `${added} added, ${changes} changed, ${kept} kept.`;
}

/** Patterns before it are there; somebody has to know which one wasn't taken. */
function failed(name: string): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof GatewayFailure ? new GatewayFailure(`Pattern "${name}": ${thrown.message}`) : thrown;
  };
}

function changed(world: World, options: GatewayOptions, act: (client: GatewayClient) => Promise<Fields>) {
  return atGateway(world, options, async (client) => {
    const answer = await act(client);
    if (options.json === true) return printJson(world, answer);
    for (const warning of (answer['warnings'] ?? []) as readonly string[])
      world.io.stderr(`Warning: ${oneLine(warning)}\n`);
    world.io.stdout('counts' in answer ? `${countsText(answer['counts'] as ImportCounts)}\n` : 'Done.\n');
  });
}

function fieldsOf({ pattern, tool, description, priority, role, enable, disable, disabled }: PatternOptions): Fields {
  const isOff = disable === true || disabled === true;
  const enabled = isOff ? false : enable;
  return defined({ pattern, tool, description, priority, required_role: role, enabled });
}

function pathOf(name: string): string {
  return `${PATTERNS}/${encodeURIComponent(name)}`;
}

function truth(text: string): boolean {
  const read = truthOf(text);
  if ('wrong' in read) throw new InvalidArgumentError(`It ${read.wrong}.`);
  return read.value;
}
