import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { textFile } from '../given-text.ts';
import { columns } from '../plain-text.ts';
import type { World } from '../world.ts';

interface ExplainOptions extends GatewayOptions {
  readonly file?: string;
}

/** `synthlang route`: where a request would go, and how those do who would answer it. */
export function addRoute(program: Command, world: World): void {
  const route = program.command('route').description('See where requests go, and why.');
  const explain = route
    .command('explain')
    .description('Show the targets that a request would be put to, in order, without asking any. Takes an admin key.')
    .argument('[model]', 'the model to ask for')
    .option('--file <path>', 'a chat request as JSON, instead of a short greeting')
    .action((model: string | undefined, options: ExplainOptions) =>
      atGateway(world, options, async (client) => {
        const answer = await client.send('POST', '/admin/route/explain', requestOf(world, model, options));
        if (options.json === true) printJson(world, answer);
        else world.io.stdout(explanation(answer as unknown as Explanation));
      }),
    );
  const health = route
    .command('health')
    .description('Show how every target does that was asked.')
    .action((options: GatewayOptions) =>
      atGateway(world, options, async (client) => {
        const answer = await client.get('/health/providers');
        if (options.json === true) return printJson(world, answer);
        const { targets } = answer as unknown as { readonly targets: readonly Reported[] };
        world.io.stdout(
          targets.length === 0 ? 'Nobody was asked yet.\n' : columns([HEALTH, ...targets.map(healthRow)]),
        );
      }),
    );
  gatewayCommand(explain, 'route explain gpt-4o', 'route explain --file request.json --json');
  gatewayCommand(health, 'route health');
}

function requestOf(world: World, model: string | undefined, { file }: ExplainOptions): object {
  const body = file === undefined ? GREETING : jsonIn(file, world);
  return model === undefined ? body : { ...body, model };
}

function jsonIn(file: string, world: World): object {
  try {
    const value: unknown = JSON.parse(textFile(file, world));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  throw usageError(`${file} must hold a chat request as a JSON object.`);
}

const GREETING = { messages: [{ role: 'user', content: 'Hello' }] };

interface Resting {
  readonly reason: string;
  readonly seconds: number;
}

interface PlacedTarget {
  readonly place: number;
  readonly target: string;
  readonly order: number;
  readonly why: string;
  readonly resting?: Resting;
  readonly over_limit?: string;
}

interface Stop {
  readonly name: string;
  readonly strategy: string;
  readonly targets: readonly PlacedTarget[];
}

interface Explanation extends Stop {
  readonly attempts_max: number;
  readonly fallbacks: readonly { readonly after: readonly string[]; readonly models: readonly Stop[] }[];
}

interface Reported {
  readonly target: string;
  readonly state: string;
  readonly resting?: Resting;
  readonly in_flight: number;
  readonly last_minute: { readonly requests: number; readonly tokens: number; readonly failed: number };
}

function explanation({ attempts_max: attempts, fallbacks, ...first }: Explanation): string {
  const after = fallbacks.flatMap(({ after: codes, models }) =>
    models.map((stop) => `\nafter ${codes.join(', ')}:\n${stopText(stop)}`),
  );
  return `${stopText(first)}${after.join('')}\nAt most ${attempts} attempts.\n`;
}

function stopText({ name, strategy, targets }: Stop): string {
  const rows = targets.map(({ place, target, order, why, resting, over_limit: limit }) => [
    `${place}.`,
    target,
    `order ${order}`,
    [why, limit && `over ${limit}`, resting && restText(resting)].filter(Boolean).join('; '),
  ]);
  return `${name} (${strategy})\n${columns(rows)}`;
}

function restText({ reason, seconds }: Resting): string {
  return `left alone for ${seconds} s (${reason})`;
}

const HEALTH = ['target', 'state', 'in flight', 'requests/min', 'tokens/min', 'failed/min', ''];

function healthRow({ target, state, resting, in_flight: busy, last_minute: minute }: Reported): string[] {
  const counts = [busy, minute.requests, minute.tokens, minute.failed].map(String);
  return [target, state, ...counts, resting ? restText(resting) : ''];
}
