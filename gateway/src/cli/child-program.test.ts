import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { startChild } from './child-program.ts';

const child = (...code: readonly string[]) =>
  startChild({ ownWords: [process.execPath, '-e'] }, code, temporaryFolder('child'));

test('it serves from when it says so, until it is stopped', async () => {
  const { url, stop } = await child("console.error('serves on http://127.0.0.1:1 now'); setInterval(() => 0, 1000)");
  expect(url).toBe('http://127.0.0.1:1');
  await stop();
  await stop();
});

test('it gets nothing of this process’s environment', async () => {
  const { url, stop } = await child(
    "console.error(`serves on http://${process.env.HOME ?? 'nobody'}.example now`); setInterval(() => 0, 1000)",
  );
  expect(url).toBe('http://nobody.example');
  await stop();
});

test('one that ends before it serves is told, with what it said', async () => {
  await expect(child("console.error('no port'); process.exit(1)")).rejects.toThrow(/ended before it served.*no port/);
});

test('a program that is not there is told', async () => {
  await expect(startChild({ ownWords: ['no-such-program'] }, [], temporaryFolder('child'))).rejects.toThrow('ENOENT');
});
