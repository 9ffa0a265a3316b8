import { Command, CommanderError } from 'commander';
import { convertText } from '../../config/convert.ts';
import { configJsonSchema } from '../../config/json-schema.ts';
import { configText, type LoadedConfig, loadConfig } from '../../config/load.ts';
import { ConfigError, problemText } from '../../config/problem.ts';
import { findConfigFile } from '../../config/process-environment.ts';
import { shownAsJson, shownAsYaml } from '../../config/show.ts';
import { ended, EXIT } from '../exit.ts';
import { withExamples } from '../gateway-command.ts';
import type { CommandIo } from '../world.ts';

/** `synthlang config …`. Ends by throwing a `CommanderError` with the exit code, when that isn't 0. */
export function configCommand(io: CommandIo): Command {
  const config = prepared(new Command('config'), io).description('Look after the config file.');
  const checkCommand = config
    .command('check')
    .description('Find mistakes: each with its line, its column and what was probably meant.')
    .argument('[file]', 'config file; ours or LiteLLM’s')
    .option('--json', 'print JSON')
    .action((file: string | undefined, { json }: { json?: boolean }) => {
      if (json === true) checkAsJson(io, file);
      else guarded(io, () => check(io, file));
    });
  const showCommand = config
    .command('show')
    .description('Print the effective configuration, secrets hidden, and where each value comes from.')
    .argument('[file]', 'config file; ours or LiteLLM’s')
    .option('--json', 'print JSON instead of YAML')
    .action((file: string | undefined, { json }: { json?: boolean }) =>
      guarded(io, () => {
        const loaded = loadedFrom(io, file);
        io.stdout(json === true ? shownAsJson(loaded) : shownAsYaml(loaded));
      }),
    );
  const schemaCommand = config
    .command('schema')
    .description('Print the JSON Schema of the config file, for editors.')
    .action(() => io.stdout(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`));
  const convertCommand = config
    .command('convert')
    .description('Print a LiteLLM config file in our format; what can’t come along is listed.')
    .argument('<file>', 'LiteLLM’s config.yaml')
    .action((file: string) => guarded(io, () => convert(io, file)));
  withExamples(checkCommand, 'config check', 'config check synthlang.yaml --json');
  withExamples(showCommand, 'config show --json');
  withExamples(schemaCommand, 'config schema > synthlang.schema.json');
  withExamples(convertCommand, 'config convert litellm.yaml > synthlang.yaml');
  return config;
}

/** Commander's own complaints are about usage, and it must not end the process by itself. */
function prepared(command: Command, io: CommandIo): Command {
  return command
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .exitOverride(({ exitCode, code, message }) => {
      throw new CommanderError(exitCode === EXIT.fine ? EXIT.fine : EXIT.usage, code, message);
    });
}

function check(io: CommandIo, file: string | undefined): void {
  const { unsupported } = loadedFrom(io, file);
  io.stdout(`${file ?? 'The configuration'} is good.\n`);
  for (const note of unsupported) io.stdout(`Not supported: ${note}\n`);
}

function checkAsJson(io: CommandIo, file: string | undefined): void {
  const { problems, unsupported } = checked(io, file);
  io.stdout(`${JSON.stringify({ valid: problems.length === 0, problems, unsupported }, undefined, 2)}\n`);
  if (problems.length > 0) throw ended(EXIT.failed);
}

function checked(
  io: CommandIo,
  file: string | undefined,
): Pick<LoadedConfig, 'unsupported'> & Pick<ConfigError, 'problems'> {
  try {
    return { problems: [], unsupported: loadedFrom(io, file).unsupported };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { problems: thrown.problems, unsupported: [] };
  }
}

function convert(io: CommandIo, file: string): void {
  const { yaml, unsupported } = convertText(configText(file, io.cwd()), file);
  io.stdout([...unsupported.map((note) => `# Not converted: ${note}\n`), yaml].join(''));
  for (const note of unsupported) io.stderr(`Not converted: ${note}\n`);
}

/** Reads the file under the name it was given, so that messages show that name. */
function loadedFrom(io: CommandIo, given: string | undefined): LoadedConfig {
  const file = given ?? findConfigFile({ env: io.env(), folder: io.cwd() });
  return loadConfig({ file, env: io.env(), folder: io.cwd() });
}

/** Prints what is wrong with a configuration, one mistake a line, and ends with the code for it. */
function guarded(io: CommandIo, action: () => void): void {
  try {
    action();
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    for (const problem of thrown.problems) io.stderr(`${problemText(problem)}\n`);
    throw new CommanderError(EXIT.failed, 'synthlang.config', 'The configuration has mistakes.');
  }
}
