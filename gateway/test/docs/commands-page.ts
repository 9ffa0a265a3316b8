import type { Command } from 'commander';
import { runCommand } from '../../src/cli/main.ts';
import { programOf } from '../../src/cli/program.ts';
import type { World } from '../../src/cli/world.ts';

/** What each command's `--help` says. */
export async function commandHelp(): Promise<readonly { readonly command: string; readonly help: string }[]> {
  const pages = [];
  for (const words of commandsOf(
    programOf(
      worldThat(() => undefined),
      () => undefined,
    ),
  )) {
    pages.push({ command: ['synthlang', ...words].join(' '), help: await helpOf(words) });
  }
  return pages;
}

/** The words of every command below this one, itself included, in the order of the help. */
function commandsOf(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  return [words, ...command.commands.flatMap((inner) => commandsOf(inner, [...words, inner.name()]))];
}

async function helpOf(words: readonly string[]): Promise<string> {
  let said = '';
  await runCommand(
    [...words, '--help'],
    worldThat((text) => void (said += text)),
  );
  return said.trim();
}

function worldThat(hear: (text: string) => void): World {
  return {
    io: { stdout: hear, stderr: hear, env: () => ({}), cwd: () => '.' },
    stdin: () => Object.assign([] as unknown as AsyncIterable<Uint8Array>, { destroy: () => undefined }),
    isTerminal: false,
    onSignal: () => undefined,
    onOutputClosed: () => undefined,
    clockMs: () => 0,
    nowMs: () => 0,
    ownWords: [],
    nodeVersion: '20.19.0',
  };
}
