import { resolve } from 'node:path';
import { Command } from 'commander';
import { serve, type Running } from '../../serve.ts';
import type { CommandIo } from '../world.ts';

interface ServeOptions {
  readonly config?: string;
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
}

/** `synthlang serve`: runs the gateway until it is told to stop. */
export function serveCommand(io: CommandIo, onRunning: (running: Running) => void): Command {
  return new Command('serve')
    .description('Run the gateway.')
    .option('-c, --config <file>', 'config file, ours or LiteLLM’s (default: synthlang.yaml where there is one)')
    .option('-p, --port <port>', 'port to listen on (default: 8000)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--data-dir <folder>', 'folder that everything is kept in (default: ./data)')
    .addHelpText(
      'after',
      '\nExamples:\n  synthlang serve\n  synthlang serve --config synthlang.yaml --port 9000\n  OPENAI_API_KEY=… synthlang serve --host 0.0.0.0',
    )
    .action(async ({ config, port, host, dataDir }: ServeOptions) => {
      const flags = { 'server.port': port, 'server.host': host, dataDir };
      onRunning(await serve({ env: io.env(), folder: resolve(io.cwd()), file: config, flags, say: io.stderr }));
    });
}
