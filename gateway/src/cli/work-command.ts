import { type Command, Option } from 'commander';
import type { GatewayClient } from './gateway-client.ts';
import { gatewayCommand, type GatewayOptions } from './gateway-command.ts';
import { shownText } from './plain-text.ts';
import type { World } from './world.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What all commands take that have a model work on a text. */
export interface WorkOptions extends GatewayOptions {
  readonly file?: string;
  readonly model?: string;
}

/** Adds what they all take. `--use-proxy` is the original's wish for what is always so here. */
export function workCommand(command: Command, ...examples: readonly string[]): Command {
  command
    .option('-f, --file <path>', 'read the text from a file')
    .option('-m, --model <name>', 'the model that does the work (default: the gateway’s own choice)')
    .addOption(new Option('--use-proxy').hideHelp());
  return gatewayCommand(command, ...examples);
}

/** Prints a text that a model has written. */
export function printText({ io, isTerminal }: World, text: unknown): void {
  io.stdout(`${isTerminal ? shownText(String(text)) : String(text)}\n`);
}

/** Has long work done, and says on standard error how far it is. */
export async function followed(client: GatewayClient, path: string, body: object, world: World): Promise<Fields> {
  let said = '';
  for await (const event of client.stream(path, { ...body, stream: true })) {
    if (event['type'] === 'result') {
      const { type: _, ...answer } = event;
      return answer;
    }
    const { done, of, best, calls } = event;
    const line = `${String(done)} of ${String(of)} done, best fitness ${String(best)}`;
    if (line !== said) world.io.stderr(`${line} (${String(calls)} questions)\n`);
    said = line;
  }
  throw new Error('The gateway ended its work without a result; is it an older one?');
}
