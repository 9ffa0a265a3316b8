import type { Command } from 'commander';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { idOfKey, type WireKey } from '../key-names.ts';
import { wholeNumber } from '../option-values.ts';
import { columns, fieldRows } from '../plain-text.ts';
import type { World } from '../world.ts';
import { addKeyChanges } from './key-changes.ts';

interface ListOptions extends GatewayOptions {
  readonly userId?: string;
  readonly keyAlias?: string;
  readonly page: number;
  readonly size: number;
}

interface Listed {
  readonly keys: readonly WireKey[];
  readonly total_count: number;
  readonly current_page: number;
  readonly total_pages: number;
}

const SIZE = 50;

/** `synthlang keys`, which the original calls `apikey`: who may ask, for what, and how much. */
export function addKeys(program: Command, world: World): void {
  const keys = program
    .command('keys')
    .alias('apikey')
    .description('Look after the keys that admins make; all but "info" takes an admin’s key.');
  const list = keys
    .command('list', { isDefault: true })
    .description('List the keys, newest first.')
    .option('-u, --user-id <id>', 'only the keys of this user')
    .option('-a, --key-alias <name>', 'only the key of this name')
    .option('--page <number>', 'which page', wholeNumber, 1)
    .option('--size <number>', 'how many on a page, up to 100', wholeNumber, SIZE)
    .action((options: ListOptions) => listKeys(options, world));
  const info = keys
    .command('info')
    .description('Show one key: its limits, and what it has spent.')
    .argument('[key]', 'its name, its hash or the key itself; - reads that from standard input (default: your own key)')
    .action((key: string | undefined, options: GatewayOptions) => showKey(key, options, world));
  gatewayCommand(list, 'keys', 'keys list --user-id ada --json');
  gatewayCommand(info, 'keys info', 'keys info ci');
  addKeyChanges(keys, world);
}

function listKeys({ userId, keyAlias, page, size, ...options }: ListOptions, world: World): Promise<void> {
  const query = new URLSearchParams({ page: String(page), size: String(size), return_full_object: 'true' });
  if (userId !== undefined) query.set('user_id', userId);
  if (keyAlias !== undefined) query.set('key_alias', keyAlias);
  return atGateway(world, options, async (client) => {
    const answer = await client.get(`/key/list?${query.toString()}`);
    if (options.json === true) return printJson(world, answer);
    const listed = answer as unknown as Listed;
    if (listed.total_count === 0) world.io.stderr('There are none; "synthlang keys generate" makes one.\n');
    world.io.stdout(columns(listed.keys.map(rowOf)));
    const { current_page: at, total_pages: pages } = listed;
    if (at < pages) world.io.stderr(`Page ${at} of ${pages}; --page ${at + 1} goes on.\n`);
  });
}

function showKey(key: string | undefined, options: GatewayOptions, world: World): Promise<void> {
  return atGateway(world, options, async (client, signal) => {
    const id = key === undefined ? undefined : await idOfKey(key, { client, world, signal });
    const answer = await client.get(id === undefined ? '/key/info' : `/key/info?key=${encodeURIComponent(id)}`);
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(fieldRows(answer['info'] as object));
  });
}

function rowOf(key: WireKey): readonly string[] {
  return [
    key.key_alias ?? '-',
    key.key_name,
    key.role,
    key.user_id ?? '-',
    key.blocked ? 'blocked' : 'open',
    spendOf(key),
    key.token,
  ];
}

function spendOf({ spend, max_budget: budget, budget_duration: duration }: WireKey): string {
  if (budget === null) return `$${spend}`;
  return `$${spend} of $${budget}${duration === null ? '' : ` each ${duration}`}`;
}
