import type { Command } from 'commander';
import { credentials, credentialsPath, forgetCredentials, keepCredentials } from '../credentials.ts';
import { usageError } from '../exit.ts';
import { GatewayClient } from '../gateway-client.ts';
import { cancellable, printJson, withExamples } from '../gateway-command.ts';
import { textArgument } from '../text-argument.ts';
import type { World } from '../world.ts';

interface LoginOptions {
  readonly apiKey: string;
  readonly endpoint?: string;
  readonly check: boolean;
  readonly json?: boolean;
}

/** `synthlang login` and `logout`: which gateway the other commands ask, and the key for it. */
export function addLogin(program: Command, world: World): void {
  const login = program
    .command('login')
    .description('Keep a gateway’s address and a key for it, in a file that only you can read.')
    .requiredOption('--api-key <key>', 'the key; - reads it from standard input, so that no list of processes shows it')
    .option('--endpoint <url>', 'the gateway (default: SYNTHLANG_ENDPOINT, the one before, http://127.0.0.1:8000)')
    .option('--no-check', 'don’t ask the gateway whether the key is good')
    .option('--json', 'print JSON')
    .action((options: LoginOptions) => cancellable(world, (signal) => logIn(options, world, signal)));
  const logout = program
    .command('logout')
    .description('Forget the key that "login" has kept.')
    .option('--json', 'print JSON')
    .action(({ json }: { readonly json?: boolean }) => {
      const isForgotten = forgetCredentials(world.io.env());
      if (json === true) printJson(world, { logged_out: isForgotten });
      else world.io.stdout(isForgotten ? 'Logged out; the key is forgotten.\n' : 'Nobody was logged in.\n');
    });
  withExamples(login, 'login --api-key - < key.txt', 'login --api-key "$KEY" --endpoint https://gateway.example');
  withExamples(logout, 'logout');
}

async function logIn(options: LoginOptions, world: World, signal: AbortSignal): Promise<void> {
  const { io } = world;
  const apiKey = (await textArgument(options.apiKey, world, signal)).trim();
  if (!/^[\u0021-\u007e]{1,512}$/.test(apiKey))
    throw usageError('The key must have 1 to 512 characters, without spaces.');
  const { endpoint } = credentials(io.env(), { ...options, apiKey });
  if (options.check) await new GatewayClient({ endpoint, key: apiKey }, signal).get('/v1/models');
  await keepCredentials(io.env(), endpoint, apiKey);
  const file = credentialsPath(io.env());
  if (options.json === true) printJson(world, { endpoint, file, checked: options.check });
  else io.stdout(`Logged in to ${endpoint}. The key is in ${file}, which only you can read.\n`);
}
