import { Command, CommanderError } from 'commander';
import type { Running } from '../serve.ts';
import { packageVersion } from '../version.ts';
import { addBench } from './commands/bench.ts';
import { addCache } from './commands/cache.ts';
import { addChat } from './commands/chat.ts';
import { addClassify } from './commands/classify.ts';
import { addCompress } from './commands/compress.ts';
import { configCommand } from './commands/config.ts';
import { addDoctor } from './commands/doctor.ts';
import { addKeys } from './commands/keys.ts';
import { addKeywords } from './commands/keywords.ts';
import { addLogin } from './commands/login.ts';
import { addModels } from './commands/models.ts';
import { addPrompt } from './commands/prompt.ts';
import { addImproving } from './commands/prompt-improving.ts';
import { addPromptWriting } from './commands/prompt-writing.ts';
import { serveCommand } from './commands/serve.ts';
import { addRoute } from './commands/route.ts';
import { addTokens } from './commands/tokens.ts';
import { addTools } from './commands/tools.ts';
import { EXIT } from './exit.ts';
import type { World } from './world.ts';

/** All commands, in the order in which the help names them. */
export function programOf(world: World, onRunning: (running: Running) => void): Command {
  const { io } = world;
  const program = new Command('synthlang')
    .description('A self-hosted gateway between programs and language models.')
    .version(packageVersion());
  program
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .exitOverride(({ exitCode: code, code: name, message }) => {
      throw new CommanderError(code === EXIT.fine ? EXIT.fine : EXIT.usage, name, message);
    });
  program.addCommand(serveCommand(io, onRunning).copyInheritedSettings(program));
  program.addCommand(configCommand(io));
  const atGateways = [addLogin, addChat, addModels, addRoute, addKeys, addTools, addKeywords, addCache];
  const atPrompts = [addPromptWriting, addImproving, addClassify, addPrompt];
  for (const add of [...atGateways, ...atPrompts, addCompress, addTokens, addBench, addDoctor]) add(program, world);
  return program;
}
