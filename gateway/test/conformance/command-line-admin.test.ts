import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/main.ts';
import { worldFor } from '../command-world.ts';
import { chatOf, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({ cache: { enabled: true } }),
    env: { LITELLM_MASTER_KEY: 'sk-CANARY-master-0123456789' },
  });
});
afterAll(() => scene.close());

/** Runs a command in this process, which is quicker than one of its own, and asks the real gateway. */
async function run(words: readonly string[], stdin = '') {
  const { world, out, err } = worldFor({ stdin, cwd: scene.gateway.folder });
  const code = await runCommand(words, world);
  return { code, stdout: out().replace(/\n$/, ''), stderr: err().replace(/\n$/, '') };
}
const asKey = (key: string, ...words: string[]) => run([...words, '--endpoint', scene.gateway.url, '--api-key', key]);
const asAdmin = (...words: string[]) => asKey(scene.gateway.key, ...words);
const told = async (...words: string[]): Promise<unknown> => JSON.parse((await asAdmin(...words, '--json')).stdout);

describe('keys', () => {
  const FIELDS = ['--key-alias', 'ci', '-u', 'ada', '-o', 'premium', '-m', 'gpt-4o, synthlang/echo'];
  const LIMITS = ['--max-budget', '12.5', '--budget-duration', '30d', '-r', '100', '--tpm-limit', '5000'];
  const MORE = ['--max-parallel-requests', '5', '--duration', '30d', '--metadata', '{"team":"search"}'];

  test('are none at first, and the list says how to make one', async () => {
    const { code, stdout, stderr } = await asAdmin('keys');
    expect([code, stdout, stderr]).toEqual([0, '', 'There are none; "synthlang keys generate" makes one.']);
  });

  test('are made with every field, and shown once', async () => {
    const { code, stdout: key, stderr } = await asAdmin('keys', 'generate', ...FIELDS, ...LIMITS, ...MORE);
    expect([code, key]).toEqual([0, expect.stringMatching(/^sk-[\w-]{43}$/)]);
    expect(stderr).toMatch(/^This is the only time that the key is shown\. Its hash is [0-9a-f]{64}\.$/);
    expect(await told('keys', 'info', 'ci')).toMatchObject({
      info: {
        key_alias: 'ci',
        user_id: 'ada',
        role: 'premium',
        models: ['gpt-4o', 'synthlang/echo'],
        max_budget: 12.5,
        budget_duration: '30d',
        rpm_limit: 100,
        tpm_limit: 5000,
        max_parallel_requests: 5,
        expires: expect.stringMatching(/^20/) as string,
        metadata: { team: 'search' },
      },
    });
    const own = await asKey(key, 'keys', 'info');
    expect([own.code, own.stdout]).toEqual([0, expect.stringMatching(/^key_alias +ci$/m)]);
    const shown = await Promise.all([asAdmin('keys'), asAdmin('keys', 'info', 'ci'), asAdmin('keys', '--json')]);
    expect(shown.map(({ stdout }) => stdout).join('')).not.toContain(key);
  });

  test('are listed, a row each', async () => {
    await asAdmin('keys', 'create', '-a', 'nightly', '--rate-limit', '7', '-u', 'bob');
    expect((await asAdmin('keys', 'list')).stdout).toMatch(
      /^nightly +sk-\.\.\..{4} +basic +bob +open +\$0 +[0-9a-f]{64}\nci +sk-\.\.\..{4} +premium +ada +open +\$0 of \$12\.5 each 30d /,
    );
    expect(await told('apikey', 'list', '-u', 'bob')).toMatchObject({
      total_count: 1,
      keys: [{ key_alias: 'nightly', rpm_limit: 7 }],
    });
    const page = await asAdmin('keys', 'list', '--size', '1');
    expect([page.stdout.split('\n').length, page.stderr]).toEqual([1, 'Page 1 of 2; --page 2 goes on.']);
  });

  test('are changed by what is named, and "none" takes a limit away', async () => {
    const { code, stdout } = await asAdmin('keys', 'update', 'ci', '--rpm-limit', 'none', '-m', 'none', '-a', 'build');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^rpm_limit +-$/m)]);
    expect(await told('keys', 'info', 'build')).toMatchObject({
      info: { key_alias: 'build', rpm_limit: null, models: [], tpm_limit: 5000, role: 'premium' },
    });
  });

  test('are blocked and unblocked, by name or by the key itself on standard input', async () => {
    const key = 'sk-a-key-of-my-own-0123456789';
    const made = await run(['keys', 'generate', '--key', '-', ...admin()], `${key}\n`);
    expect(made.stdout).toBe(key);
    expect((await run(['keys', 'block', '-', ...admin()], key)).stdout).toMatch(/^blocked +true$/m);
    expect(await asKey(key, 'models')).toMatchObject({ code: 1, stdout: '' });
    expect((await run(['keys', 'unblock', '-', ...admin()], key)).stdout).toMatch(/^blocked +false$/m);
    expect((await asKey(key, 'models')).code).toBe(0);
    expect((await run(['keys', 'delete', '-', ...admin()], key)).stdout).toBe('One key is gone.');
    expect((await asKey(key, 'models')).stderr).toContain('invalid_api_key');
  });

  test('are taken away, several at once', async () => {
    expect(await asAdmin('keys', 'delete', 'build', 'nightly')).toMatchObject({ code: 0, stdout: '2 keys are gone.' });
    expect(await told('keys', 'list')).toMatchObject({ total_count: 0 });
    const again = await asAdmin('keys', 'delete', 'build');
    expect(again).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no key "build"; "synthlang keys list" names them.',
    });
  });

  test('are an admin’s business', async () => {
    const { stdout: key } = await asAdmin('keys', 'generate');
    for (const words of [['keys', 'generate'], ['keys'], ['cache'], ['cache', 'clear']]) {
      const { code, stderr } = await asKey(key, ...words);
      expect([words, code, stderr]).toEqual([words, 1, expect.stringMatching(/^(?:key\.forbidden|permission_\w+): /)]);
    }
  });

  test.each([
    [['keys', 'update', 'ci']],
    [['keys', 'generate', '--max-budget', 'much']],
    [['keys', 'generate', '--rpm-limit', '1.5']],
    [['keys', 'generate', '--rpm-limit', '1', '--rate-limit', '2']],
    [['keys', 'generate', '--metadata', '[]']],
    [['keys', 'generate', '--role', 'king']],
    [['keys', 'delete']],
  ])('a wrong call ends with 2: %j', async (words) => {
    const done = await run(words);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).not.toBe('');
  });
});

describe('the cache', () => {
  test('tells how it does, and forgets what one model was asked, or everything', async () => {
    const asked = (model: string) => scene.ask('/v1/chat/completions', chatOf(model));
    for (const model of ['openai/gpt-4o', 'openai/gpt-4o', 'openai/gpt-4o-mini']) await asked(model);
    const { stdout } = await asAdmin('cache');
    expect(stdout).toMatch(/^answers kept +2\n/);
    expect(stdout).toMatch(/^answered +33\.3 %: 1 hits, 2 misses$/m);
    expect(stdout).toMatch(/^openai\/gpt-4o +1 kept +1 hits +1 misses$/m);
    expect(await told('cache', 'stats')).toMatchObject({ entries: 2, hits: 1 });
    expect((await asAdmin('cache', 'clear', '--model', 'openai/gpt-4o')).stdout).toBe('1 answers forgotten.');
    expect(await told('cache-stats')).toMatchObject({ entries: 1 });
    expect(await told('proxy', 'clear-cache')).toMatchObject({ success: true, cleared_entries: 1 });
    expect(await told('proxy', 'cache-stats')).toMatchObject({ entries: 0 });
  });
});

function admin(): readonly string[] {
  return ['--endpoint', scene.gateway.url, '--api-key', scene.gateway.key];
}
