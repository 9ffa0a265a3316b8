import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { keywordsToml, type WirePattern, type WireSettings } from '../keywords-toml.ts';
import { columns, fieldRows } from '../plain-text.ts';
import type { World } from '../world.ts';
import { addKeywordChanges, PATTERNS, SETTINGS } from './keyword-changes.ts';

interface Listed {
  readonly patterns: readonly WirePattern[];
  readonly settings: WireSettings;
}

/** `synthlang keywords`: which sentences ask for a tool. All of it takes an admin's key. */
export function addKeywords(program: Command, world: World): void {
  const keywords = program
    .command('keywords')
    .description('Look after the keyword patterns, which find tools in plain sentences; for admins.');
  addLooking(keywords, world);
  addKeywordChanges(keywords, world);
}

function addLooking(keywords: Command, world: World): void {
  const list = keywords
    .command('list', { isDefault: true })
    .description('List the patterns.')
    .action((options: GatewayOptions) =>
      looked(world, options, (answer) => {
        const byPriority = answer.patterns.toSorted((one, other) => other.priority - one.priority);
        return columns(byPriority.map((pattern) => [pattern.name, pattern.tool, stateOf(pattern), pattern.pattern]));
      }),
    );
  const show = keywords
    .command('show')
    .description('Show one pattern.')
    .argument('<name>', 'the pattern')
    .action((name: string, options: GatewayOptions) =>
      atGateway(world, options, async (client) => {
        const found = (await listed(client)).patterns.find((pattern) => pattern.name === name);
        if (!found) throw new Error(`There is no pattern "${name}"; "synthlang keywords list" names them.`);
        if (options.json === true) printJson(world, found);
        else world.io.stdout(fieldRows(found));
      }),
    );
  const settings = keywords
    .command('settings')
    .description('Show the settings of keyword detection.')
    .action((options: GatewayOptions) =>
      atGateway(world, options, async (client) => {
        const answer = await client.get(SETTINGS);
        if (options.json === true) printJson(world, answer);
        else world.io.stdout(fieldRows(answer['settings'] as object));
      }),
    );
  const exported = keywords
    .command('export')
    .description('Print everything as a keywords.toml, for "keywords import" and the setting keywords.file.')
    .action((options: GatewayOptions) =>
      looked(world, options, (answer) => keywordsToml(answer.patterns, answer.settings)),
    );
  gatewayCommand(list, 'keywords', 'keywords list --json');
  gatewayCommand(show, 'keywords show weather_query');
  gatewayCommand(settings, 'keywords settings');
  gatewayCommand(exported, 'keywords export > keywords.toml');
}

function looked(world: World, options: GatewayOptions, text: (answer: Listed) => string): Promise<void> {
  return atGateway(world, options, async (client) => {
    const answer = await listed(client);
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(text(answer));
  });
}

async function listed(client: GatewayClient): Promise<Listed> {
  const { patterns, settings } = await client.get(PATTERNS);
  if (!Array.isArray(patterns) || settings === undefined)
    throw usageError('The gateway lists no patterns; is it an older one?');
  return { patterns: patterns as WirePattern[], settings: settings as WireSettings };
}

function stateOf({ enabled, priority, required_role: role }: WirePattern): string {
  return `${enabled ? 'on' : 'off'}, priority ${priority}, ${role}`;
}
