import { runCommand } from '../../src/cli/main.ts';

/** Commands whose help the page shows, in this order. */
const COMMANDS = ['', 'serve', 'config', 'config check', 'config show', 'config schema', 'config convert'];

/** What each command's `--help` says. */
export async function commandHelp(): Promise<readonly { readonly command: string; readonly help: string }[]> {
  const pages = [];
  for (const command of COMMANDS) {
    pages.push({ command: `synthlang ${command}`.trim(), help: await helpOf(command.split(' ').filter(Boolean)) });
  }
  return pages;
}

async function helpOf(words: readonly string[]): Promise<string> {
  let said = '';
  const hear = (text: string) => void (said += text);
  const io = { stdout: hear, stderr: hear, env: () => ({}), cwd: () => '.' };
  await runCommand([...words, '--help'], { io, onSignal: () => undefined });
  return said.trim();
}
