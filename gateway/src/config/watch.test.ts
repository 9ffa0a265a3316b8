import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type LoadedConfig, loadConfig } from './load.ts';
import type { ConfigChange } from './needs-restart.ts';
import { ConfigError } from './problem.ts';
import { type Closable, foldersOf, type RunningWatch, watchConfig } from './watch.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

const running: RunningWatch[] = [];
afterEach(() => running.splice(0).forEach((watch) => watch.close()));

const newFolder = (): string => realpathSync(temporaryFolder('watch'));

interface Seen {
  readonly changes: { loaded: LoadedConfig; change: ConfigChange }[];
  readonly errors: unknown[];
}

/** A watch whose folders and timer are in the test's hands. */
function watched(file: string) {
  const seen: Seen = { changes: [], errors: [] };
  const folders = new Map<string, () => void>();
  const timers = new Set<() => void>();
  const load = () => loadConfig({ file, env: {} });
  const watch = watchConfig(file, load, {
    current: load(),
    onChange: (loaded, change) => seen.changes.push({ loaded, change }),
    onError: (error) => seen.errors.push(error),
    watchFolder: (folder, onEvent): Closable => {
      folders.set(folder, onEvent);
      return { close: () => folders.delete(folder) };
    },
    later: (callback): Closable => {
      timers.add(callback);
      return { close: () => timers.delete(callback) };
    },
  });
  running.push(watch);
  const settle = () => {
    const due = [...timers];
    timers.clear();
    for (const callback of due) callback();
    return due.length;
  };
  return { ...seen, watch, folders, touch: (folder: string) => folders.get(folder)?.(), settle };
}

describe('a watched file', () => {
  const begun = (text = 'server: {port: 1}') => {
    const folder = newFolder();
    const file = join(folder, 'synthlang.yaml');
    writeFileSync(file, text);
    return { folder, file, ...watched(file) };
  };

  test('is loaded again when it changes, and says what changed', () => {
    const { folder, file, touch, settle, changes } = begun();
    writeFileSync(file, 'server: {port: 2}\nlog: {level: warn}');
    touch(folder);
    settle();
    expect(changes).toHaveLength(1);
    expect(changes[0]?.loaded.config.log.level).toBe('warn');
    expect(changes[0]?.change).toEqual({ changed: ['server.port', 'log.level'], needsRestart: ['server.port'] });
  });

  test('is loaded once for many events', () => {
    const { folder, file, touch, settle, changes } = begun();
    writeFileSync(file, 'server: {port: 2}');
    for (let i = 0; i < 5; i++) touch(folder);
    expect(settle()).toBe(1);
    expect(changes).toHaveLength(1);
  });

  test('is left alone when something else in its folder changes', () => {
    const { folder, touch, settle, changes, errors } = begun();
    writeFileSync(join(folder, 'other'), 'x');
    touch(folder);
    settle();
    expect({ changes, errors }).toEqual({ changes: [], errors: [] });
  });

  test('with mistakes is refused, and the next good one is compared with the one that ran', () => {
    const { folder, file, touch, settle, changes, errors } = begun();
    writeFileSync(file, 'server: {prot: 2}');
    touch(folder);
    settle();
    expect(changes).toEqual([]);
    expect(errors).toMatchObject([expect.any(ConfigError)]);
    writeFileSync(file, 'server: {port: 1}\nlog: {turns: false}');
    touch(folder);
    settle();
    expect(changes[0]?.change.changed).toEqual(['log.turns']);
  });

  test('that is refused by whoever uses it is compared with the one that ran, too', () => {
    const folder = newFolder();
    const file = join(folder, 'synthlang.yaml');
    writeFileSync(file, '');
    const load = () => loadConfig({ file, env: {} });
    const changes: ConfigChange[] = [];
    const errors: unknown[] = [];
    const watch = watchConfig(file, load, {
      current: load(),
      onChange: (_, change) => {
        changes.push(change);
        if (changes.length === 1) throw new Error('too weak');
      },
      onError: (error) => errors.push(error),
    });
    running.push(watch);
    writeFileSync(file, 'log: {level: warn}');
    watch.reload();
    watch.reload();
    expect(errors).toEqual([new Error('too weak')]);
    expect(changes.map(({ changed }) => changed)).toEqual([['log.level'], ['log.level']]);
  });

  test('that goes away is an error, and is read when it is back', () => {
    const { folder, file, touch, settle, changes, errors } = begun();
    unlinkSync(file);
    touch(folder);
    settle();
    expect(errors).toHaveLength(1);
    writeFileSync(file, 'server: {port: 3}');
    touch(folder);
    settle();
    expect(changes[0]?.loaded.config.server.port).toBe(3);
  });

  test('is loaded on demand even if it is the same', () => {
    const { watch, changes } = begun();
    watch.reload();
    expect(changes[0]?.change).toEqual({ changed: [], needsRestart: [] });
  });

  test('is not loaded any more once the watch is closed', () => {
    const { folder, file, touch, settle, changes, watch, folders } = begun();
    writeFileSync(file, 'server: {port: 2}');
    touch(folder);
    watch.close();
    settle();
    expect(changes).toEqual([]);
    expect(folders.size).toBe(0);
  });
});

/** A folder as Kubernetes mounts a ConfigMap: the file is a link through `..data`, which is a link to a version. */
function mounted(): { folder: string; file: string; swap: (version: string, text: string) => void } {
  const folder = newFolder();
  const file = join(folder, 'synthlang.yaml');
  const swap = (version: string, text: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'synthlang.yaml'), text);
    symlinkSync(version, join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
  };
  swap('..1', 'server: {port: 1}');
  symlinkSync('..data/synthlang.yaml', file);
  return { folder, file, swap };
}

describe('a mounted ConfigMap', () => {
  test('is read again when its link is swapped, and the new version’s folder is watched instead', () => {
    const { folder, file, swap } = mounted();
    const { touch, settle, changes, folders } = watched(file);
    expect([...folders.keys()]).toEqual([folder, join(folder, '..1')]);
    swap('..2', 'server: {port: 2}');
    rmSync(join(folder, '..1'), { recursive: true });
    touch(folder);
    settle();
    expect(changes[0]?.loaded.config.server.port).toBe(2);
    expect([...folders.keys()]).toEqual([folder, join(folder, '..2')]);
  });

  test('links that go round in a circle come to an end', () => {
    const folder = newFolder();
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect([...foldersOf(join(folder, 'a'))]).toEqual([folder]);
  });
});

describe('the real file system', () => {
  /** Resolves at the first change; the test's own time limit is the deadline. */
  const firstChange = (file: string, act: () => void) =>
    new Promise<LoadedConfig>((done, failed) => {
      const load = () => loadConfig({ file, env: {} });
      running.push(watchConfig(file, load, { current: load(), onChange: done, onError: failed }));
      act();
    });

  test('tells of a file that an editor put in the place of the old one', async () => {
    const folder = newFolder();
    const file = join(folder, 'synthlang.yaml');
    writeFileSync(file, 'server: {port: 1}');
    const { config } = await firstChange(file, () => {
      writeFileSync(`${file}.new`, 'server: {port: 2}');
      renameSync(`${file}.new`, file);
    });
    expect(config.server.port).toBe(2);
  });

  test('tells of a swapped link', async () => {
    const { file, swap } = mounted();
    const { config } = await firstChange(file, () => swap('..2', 'server: {port: 2}'));
    expect(config.server.port).toBe(2);
  });
});
