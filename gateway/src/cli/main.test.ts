import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandHelp } from '../../test/docs/commands-page.ts';
import { worldFor } from '../../test/command-world.ts';
import { served } from '../../test/served.ts';
import { settled } from '../../test/support.ts';
import { packageVersion } from '../version.ts';
import { runCommand } from './main.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

function world() {
  const cwd = temporaryFolder('cli');
  const { world: made, ...heard } = worldFor({ cwd });
  return { ...heard, cwd, run: (...words: string[]) => runCommand(words, made) };
}

test('the version and the help are told, and that is fine', async () => {
  const { run, out } = world();
  expect(await run('--version')).toBe(0);
  expect(out().trim()).toBe(packageVersion());
  for (const words of [['--help'], ['serve', '--help'], ['config', '--help'], ['config', 'check', '--help']])
    expect([words, await run(...words)]).toEqual([words, 0]);
  expect(out()).toMatch(/serve.*--port.*check/s);
});

test.each([[['nonsense']], [['serve', '--nonsense']], [['config', 'nonsense']], [['serve', '--port']], [[]]])(
  '%o is a wrong call',
  async (words) => {
    const { run, err } = world();
    expect(await run(...words)).toBe(2);
    expect(err()).not.toBe('');
  },
);

test('a configuration with mistakes is told with its place, without a stack', async () => {
  const { run, err, cwd } = world();
  writeFileSync(join(cwd, 'bad.yaml'), 'sever:\n  port: 1\n');
  expect(await run('serve', '--config', 'bad.yaml', '--port', '0')).toBe(1);
  expect(err()).toContain('bad.yaml:1');
  expect(err()).not.toContain('    at ');
});

test('a port that is no number is told', async () => {
  const { run, err } = world();
  expect(await run('serve', '--port', 'abc')).toBe(1);
  expect(err()).toContain('port');
});

test('a port that is taken is told, and what to do about it', async () => {
  const other = await served();
  const { run, err } = world();
  expect(await run('serve', '--port', new URL(other.url).port)).toBe(1);
  expect(err()).toContain('--port');
  await other.server.stop(0);
});

test.each(['SIGTERM', 'SIGINT'])('it serves until %s, also when that comes twice', async (name) => {
  const { run, err, signal, signals } = world();
  const done = run('serve', '--port', '0');
  while (signals.size < 3) await settled();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(err())?.[0] ?? '';
  expect((await fetch(`${url}/health/readiness`)).status).toBe(200);
  signal('SIGHUP');
  expect((await fetch(`${url}/health/readiness`)).status).toBe(200);
  signal(name);
  signal(name);
  expect(await done).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test('what it says while serving keeps standard output clean for the log', async () => {
  const { run, out, err, signal, signals } = world();
  const done = run('serve', '--port', '0');
  while (signals.size < 3) await settled();
  signal('SIGTERM');
  await done;
  expect(out()).toBe('');
  expect(err()).toContain('curl');
});

test('every command is shown with an example, and what asks a gateway can print JSON', async () => {
  const pages = (await commandHelp()).filter(({ help }) => !help.includes('\nCommands:'));
  expect(pages.length).toBeGreaterThan(20);
  for (const { command, help } of pages)
    expect([command, help]).toEqual([command, expect.stringMatching(/Examples?:/)]);
  for (const { command, help } of pages.filter(({ help: said }) => said.includes('--endpoint')))
    expect([command, help]).toEqual([command, expect.stringContaining('--json')]);
});
