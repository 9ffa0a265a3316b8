import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { columns, shownText } from '../plain-text.ts';
import type { World } from '../world.ts';

interface CallOptions extends GatewayOptions {
  readonly args: string;
}

interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly available: boolean;
  readonly unavailable_because?: string;
}

const ARGS = ['--args <json>', 'its parameters, as a JSON object', '{}'] as const;

/** `synthlang tools`, and `synthlang call-tool` as the original has it. */
export function addTools(program: Command, world: World): void {
  const tools = program.command('tools').description('See and use the gateway’s own tools.');
  const list = tools
    .command('list', { isDefault: true })
    .description('List the tools that this key may use.')
    .action((options: GatewayOptions) => listTools(options, world));
  const call = tools
    .command('call')
    .description('Run a tool.')
    .argument('<name>', 'the tool')
    .option(...ARGS)
    .action((name: string, options: CallOptions) => callTool(name, options, world));
  const callDirectly = program
    .command('call-tool')
    .description('The same as "tools call".')
    .requiredOption('--tool <name>', 'the tool')
    .option(...ARGS)
    .action((options: CallOptions & { readonly tool: string }) => callTool(options.tool, options, world));
  gatewayCommand(list, 'tools', 'tools list --json');
  gatewayCommand(call, `tools call calculator --args '{"expression": "15% of 85.50"}'`);
  gatewayCommand(callDirectly, `call-tool --tool calculator --args '{"expression": "2+2"}'`);
}

function listTools(options: GatewayOptions, world: World): Promise<void> {
  return atGateway(world, options, async (client) => {
    const answer = await client.get('/v1/tools');
    if (options.json === true) return printJson(world, answer);
    const { tools = [] } = answer as { tools?: readonly ListedTool[] };
    const rows = tools.map(({ name, description, available, unavailable_because: why }) => [
      name,
      available ? description : `(not set up: ${why ?? 'unknown'}) ${description}`,
    ]);
    world.io.stdout(columns(rows));
  });
}

function callTool(tool: string, options: CallOptions, world: World): Promise<void> {
  const parameters = parametersIn(options.args);
  return atGateway(world, options, async (client) => {
    const answer = await client.send('POST', '/v1/tools/call', { tool, parameters });
    if (options.json === true) printJson(world, answer);
    else world.io.stdout(`${shownText(String(answer['text']))}\n`);
  });
}

function parametersIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw usageError(`--args must be a JSON object, like '{"expression": "2+2"}'.`);
}
