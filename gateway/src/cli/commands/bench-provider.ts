import type { Command } from 'commander';
import { startLocalProvider } from '../../benching/local-provider.ts';
import { withExamples } from '../gateway-command.ts';
import { upTo, wholeNumber } from '../option-values.ts';
import type { World } from '../world.ts';

interface ProviderOptions {
  readonly port: number;
  readonly delay: number;
  readonly answerWords: number;
}

const WORDS_MAX = 100_000;

/** `synthlang bench provider`: who answers behind the gateway of a bench, alone. */
export function addBenchProvider(bench: Command, world: World): void {
  const provider = bench
    .command('provider')
    .description('Run the provider that benches ask, for measuring with tools of your own. It answers all the same.')
    .option('-p, --port <port>', 'port on 127.0.0.1 to listen on; 0 takes a free one', wholeNumber, 0)
    .option('--delay <ms>', 'how long it waits before it answers', wholeNumber, 0)
    .option('--answer-words <number>', 'how long its answers are', upTo(WORDS_MAX), 100)
    .action(async ({ port, delay: delayMs, answerWords }: ProviderOptions) => {
      const told = new Promise<void>((resolve) => {
        world.onSignal('SIGTERM', resolve);
        world.onSignal('SIGINT', resolve);
      });
      const running = await startLocalProvider({ port, delayMs, answerWords });
      world.io.stderr(`A provider for benches serves on ${running.baseUrl} until Ctrl-C.\n`);
      await told;
      await running.close();
    });
  withExamples(provider, 'bench provider --port 9000 --delay 50');
}
