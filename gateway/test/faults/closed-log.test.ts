import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE, textOf } from '../gateway-process.ts';
import { ROOT } from '../rules/sources.ts';
import { ask } from './caller.ts';
import { openai } from './dialect-view.ts';
import { within } from './until.ts';
import { CALLER_KEY } from './world.ts';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

/** How long a line waits in the log at most. */
const FLUSH_MS = 200;

test.each(['both', 'stdout'] as const)('it goes on when nobody reads its log any more (%s)', async (which) => {
  const folder = temporaryFolder('faults');
  const configFile = join(folder, 'synthlang.yaml');
  writeFileSync(configFile, textOf({ access: { apiKeys: [{ id: 'tests', key: CALLER_KEY }] }, models: [] }));
  const child = spawn(
    process.execPath,
    [join(ROOT, 'gateway/dist/main.js'), 'serve', '--config', configFile, '--port', '0'],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...ALONE },
    },
  );
  try {
    const [greeting] = (await once(child.stderr, 'data')) as [Buffer];
    const url = /serves on (http:\S+)/.exec(greeting.toString())?.[1] ?? '';
    child.stdout.destroy();
    if (which === 'both') child.stderr.destroy();
    // Long enough for the log to try again and again to write.
    const goOnUntilMs = performance.now() + 4 * FLUSH_MS;
    for (let round = 0; performance.now() < goOnUntilMs; round += 1) {
      const heard = await ask(url, CALLER_KEY, { dialect: openai, model: 'synthlang/echo', stream: round % 2 === 0 });
      expect(heard.status, heard.body).toBe(200);
    }
    expect(child.exitCode).toBeNull();
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await within(3000, 'it exits', gone))[0]).toBe(0);
  } finally {
    child.kill('SIGKILL');
    removeTemporaryFolder(folder);
  }
});
