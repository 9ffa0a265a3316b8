import type { Command } from 'commander';
import { credentials } from './credentials.ts';
import { ended, EXIT } from './exit.ts';
import { GatewayClient } from './gateway-client.ts';
import type { World } from './world.ts';

/** What every command that asks a gateway takes. */
export interface GatewayOptions {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly json?: boolean;
}

/** Adds the options that say which gateway, and examples to the help. */
export function gatewayCommand(command: Command, ...lines: readonly string[]): Command {
  return withExamples(command, ...lines)
    .option('--endpoint <url>', 'the gateway (default: SYNTHLANG_ENDPOINT, what "login" kept, http://127.0.0.1:8000)')
    .option('--api-key <key>', 'the key for it (default: SYNTHLANG_API_KEY, or what "login" kept)')
    .option('--json', 'print JSON');
}

/** Adds examples below the help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  const head = lines.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText('after', ['', head, ...lines.map((line) => `  synthlang ${line}`)].join('\n'));
}

/** Runs something that Ctrl-C ends with its own exit code, and that ends quietly when nobody reads the output. */
export async function cancellable(world: World, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  world.onSignal('SIGINT', () => stop.abort(ended(EXIT.cancelled)));
  world.onOutputClosed(() => stop.abort(ended(EXIT.fine)));
  try {
    await act(stop.signal);
  } catch (thrown) {
    throw stop.signal.aborted ? stop.signal.reason : thrown;
  }
  stop.signal.throwIfAborted();
}

/** The same for something that asks the gateway which the options name. */
export function atGateway(
  world: World,
  options: GatewayOptions,
  act: (client: GatewayClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const found = credentials(world.io.env(), options);
  return cancellable(world, (signal) => act(new GatewayClient(found, signal), signal));
}

/** Prints JSON to be read by people and programs. */
export function printJson({ io }: World, value: unknown): void {
  io.stdout(`${JSON.stringify(value, undefined, 2)}\n`);
}
