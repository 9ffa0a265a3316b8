import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { addKeyFields, type KeyFieldOptions, keyFieldsOf } from '../key-options.ts';
import { idOfKey } from '../key-names.ts';
import { fieldRows } from '../plain-text.ts';
import { textArgument } from '../text-argument.ts';
import type { World } from '../world.ts';

type Fields = Readonly<Record<string, unknown>>;

interface GenerateOptions extends GatewayOptions, KeyFieldOptions {
  readonly key?: string;
}

const KEY = ['<key>', 'its name, its hash or the key itself; - reads that from standard input'] as const;

/** Adds the commands that make, change and take away keys. */
export function addKeyChanges(keys: Command, world: World): void {
  addGenerating(keys, world);
  addUpdating(keys, world);
  addDeleting(keys, world);
  addBlocking(keys, world);
}

function addGenerating(keys: Command, world: World): void {
  const generate = keys
    .command('generate')
    .alias('create')
    .description('Make a key. It is printed this once; afterwards nobody knows more than its hash.')
    .option('--key <key>', 'a key of your own, beginning with sk-; - reads it from standard input');
  addKeyFields(generate).action((options: GenerateOptions) => generateKey(options, world));
  gatewayCommand(
    generate,
    'keys generate --key-alias ci --models gpt-4o-mini --max-budget 10 --budget-duration 30d',
    'keys create --user-id ada --rate-limit 60',
  );
}

async function generateKey(options: GenerateOptions, world: World): Promise<void> {
  const fields = keyFieldsOf(options);
  await atGateway(world, options, async (client, signal) => {
    const own = options.key === undefined ? {} : { key: (await textArgument(options.key, world, signal)).trim() };
    const answer = await client.send('POST', '/key/generate', { ...fields, ...own });
    if (options.json === true) return printJson(world, answer);
    world.io.stdout(`${String(answer['key'])}\n`);
    world.io.stderr(`This is the only time that the key is shown. Its hash is ${String(answer['token'])}.\n`);
  });
}

function addUpdating(keys: Command, world: World): void {
  const update = keys
    .command('update')
    .description('Change a key; what isn’t named stays, and "none" takes a limit away.')
    .argument(...KEY);
  addKeyFields(update).action((key: string, options: GatewayOptions & KeyFieldOptions) => {
    const fields = keyFieldsOf(options);
    if (Object.keys(fields).length === 0) throw usageError('Say what shall change, e.g. --max-budget 20.');
    return changed(world, options, { key, path: '/key/update', fields });
  });
  gatewayCommand(update, 'keys update ci --max-budget 20', 'keys update ci --rpm-limit none');
}

function addDeleting(keys: Command, world: World): void {
  const remove = keys
    .command('delete')
    .description('Take keys away, for good.')
    .argument('<keys...>', 'their names, their hashes or the keys themselves')
    .action((names: readonly string[], options: GatewayOptions) =>
      atGateway(world, options, async (client, signal) => {
        const ids = await all(names, (name) => idOfKey(name, { client, world, signal }));
        const answer = await client.send('POST', '/key/delete', { keys: ids });
        if (options.json === true) printJson(world, answer);
        else world.io.stdout(`${ids.length === 1 ? 'One key is' : `${ids.length} keys are`} gone.\n`);
      }),
    );
  gatewayCommand(remove, 'keys delete ci');
}

function addBlocking(keys: Command, world: World): void {
  const block = keys
    .command('block')
    .description('Refuse a key until it is unblocked.')
    .argument(...KEY)
    .action((key: string, options: GatewayOptions) => changed(world, options, { key, path: '/key/block', fields: {} }));
  const unblock = keys
    .command('unblock')
    .description('Take a blocked key again.')
    .argument(...KEY)
    .action((key: string, options: GatewayOptions) =>
      changed(world, options, { key, path: '/key/unblock', fields: {} }),
    );
  gatewayCommand(block, 'keys block ci');
  gatewayCommand(unblock, 'keys unblock ci');
}

interface Change {
  readonly key: string;
  readonly path: string;
  readonly fields: Fields;
}

function changed(world: World, options: GatewayOptions, { key, path, fields }: Change): Promise<void> {
  return atGateway(world, options, async (client: GatewayClient, signal) => {
    const answer = await client.send('POST', path, { ...fields, key: await idOfKey(key, { client, world, signal }) });
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(fieldRows(answer));
  });
}

/** One after the other, so that a wrong name is told before anything is asked twice. */
async function all<T>(items: readonly string[], work: (item: string) => Promise<T>): Promise<readonly T[]> {
  const done: T[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
