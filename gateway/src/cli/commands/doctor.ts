import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { ConfigError, problemText } from '../../config/problem.ts';
import { findConfigFile } from '../../config/process-environment.ts';
import { type Check, fail, ok, warn } from '../checks/check.ts';
import { checkClock, checkDataFolder, checkNode, checkPort, checkProviders } from '../checks/installation.ts';
import { checkLocalServers } from '../checks/local.ts';
import { checkGateway } from '../checks/running.ts';
import { type Credentials, credentials } from '../credentials.ts';
import { ended, EXIT } from '../exit.ts';
import { cancellable, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { columns } from '../plain-text.ts';
import type { World } from '../world.ts';

interface DoctorOptions extends GatewayOptions {
  readonly config?: string;
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
}

/** `synthlang doctor`: what is wrong here, and what to do about it. */
export function addDoctor(program: Command, world: World): void {
  const doctor = program
    .command('doctor')
    .description('Look for what is wrong with this installation, and say what to do. Ends with 1 when something is.')
    .option('-c, --config <file>', 'config file, as for "serve"')
    .option('-p, --port <port>', 'port, as for "serve"')
    .option('--host <address>', 'address, as for "serve"')
    .option('--data-dir <folder>', 'data folder, as for "serve"')
    .action((options: DoctorOptions) =>
      cancellable(world, async (signal) => report(await allChecks(options, world, signal), options, world)),
    );
  gatewayCommand(doctor, 'doctor', 'doctor --config synthlang.yaml --json');
}

async function allChecks(options: DoctorOptions, world: World, signal: AbortSignal): Promise<readonly Check[]> {
  const nowMs = world.nowMs();
  const { loaded, checks } = configuration(options, world);
  const found = asked(options, loaded, world);
  const gateway = await checkGateway(found, signal, nowMs);
  const beside = loaded && (await checkLocalServers(loaded, new URL(placeOf(loaded)), signal));
  const ofConfig =
    loaded && beside
      ? [
          ...checks,
          checkDataFolder(resolve(world.io.cwd(), loaded.config.dataDir)),
          await checkPort(loaded.config.server, gateway.isThere && isSamePlace(found, loaded)),
          checkProviders(loaded, beside.found),
          beside.check,
        ]
      : checks;
  return [checkNode(world.nodeVersion), checkClock(nowMs), ...ofConfig, ...gateway.checks];
}

function configuration(options: DoctorOptions, { io }: World): { loaded?: LoadedConfig; checks: readonly Check[] } {
  try {
    const file = options.config ?? findConfigFile({ env: io.env(), folder: io.cwd() });
    const flags = { 'server.port': options.port, 'server.host': options.host, dataDir: options.dataDir };
    const loaded = loadConfig({ file, env: io.env(), folder: io.cwd(), flags });
    const notes = loaded.unsupported.map((note) => warn('config', note, 'Take it out, or live without it.'));
    return { loaded, checks: [ok('config', file ?? 'no file; defaults and environment are good'), ...notes] };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const problems = thrown.problems.map((problem) =>
      fail('config', problemText(problem), 'Correct it; docs/reference/settings.md lists all settings.'),
    );
    return { checks: problems };
  }
}

/** The gateway that was named, or else the one that this configuration would run. */
function asked(options: DoctorOptions, loaded: LoadedConfig | undefined, { io }: World): Credentials {
  const found = credentials(io.env(), options);
  if (found.isNamed || !loaded) return found;
  return { ...found, endpoint: placeOf(loaded) };
}

function isSamePlace({ endpoint }: Credentials, loaded: LoadedConfig): boolean {
  return new URL(endpoint).origin === new URL(placeOf(loaded)).origin;
}

function placeOf({ config: { server } }: LoadedConfig): string {
  const host = ['0.0.0.0', '::'].includes(server.host) ? '127.0.0.1' : server.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
}

function report(checks: readonly Check[], { json }: DoctorOptions, world: World): void {
  const isWell = checks.every(({ status }) => status !== 'fail');
  if (json === true) printJson(world, { healthy: isWell, checks });
  else
    world.io.stdout(
      columns(
        checks.map(({ status, name, message, advice }) => [
          status.padEnd(4),
          name,
          advice === undefined ? message : `${message}. ${advice}`,
        ]),
      ),
    );
  if (!isWell) throw ended(EXIT.failed);
}
