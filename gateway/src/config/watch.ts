import { readFileSync, readlinkSync, realpathSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { LoadedConfig } from './load.ts';
import { type ConfigChange, changeBetween } from './needs-restart.ts';

const DEBOUNCE_MS = 100;
const LINKS_MAX = 40;

/** Something that can be stopped. */
export interface Closable {
  readonly close: () => void;
}

/** What happens when the config file changes. */
export interface ConfigWatch {
  /** The configuration in use at the beginning. */
  readonly current: LoadedConfig;
  /** A good new configuration, complete, so that it can be swapped in whole. Throwing refuses it after all. */
  readonly onChange: (loaded: LoadedConfig, change: ConfigChange) => void;
  /** The new text can't be used, so the running configuration stays. */
  readonly onError: (error: unknown) => void;
  /** Watches a folder. */
  readonly watchFolder?: (folder: string, onEvent: () => void) => Closable;
  /** Calls back later, unless it is stopped before. */
  readonly later?: (callback: () => void, delayMs: number) => Closable;
}

/** A watch that runs. */
export interface RunningWatch extends Closable {
  /** Reads everything again now, whether the file has changed or not, as for a SIGHUP. */
  readonly reload: () => void;
}

/**
 * Loads the configuration again whenever its file has other contents. It watches folders, not the file, because editors
 * and Kubernetes don't write a file: they put another one, or another link, in its place.
 */
export function watchConfig(file: string, load: () => LoadedConfig, options: ConfigWatch): RunningWatch {
  const { onChange, onError, watchFolder = watchFolderOnDisk, later = laterByTimer } = options;
  let current = options.current;
  let seen = textOf(file);
  let closed = false;
  let waiting: Closable | undefined;
  const folders = new Map<string, Closable>();

  const reload = (): void => {
    seen = textOf(file);
    try {
      const loaded = load();
      const change = changeBetween(current.config, loaded.config);
      onChange(loaded, change);
      current = loaded;
    } catch (thrown) {
      onError(thrown);
    }
  };
  const settled = (): void => {
    if (closed) return;
    try {
      watchAll();
    } catch (thrown) {
      onError(thrown);
    }
    if (textOf(file) !== seen) reload();
  };
  const touched = (): void => {
    waiting?.close();
    if (!closed) waiting = later(settled, DEBOUNCE_MS);
  };
  const watchAll = (): void => {
    const wanted = foldersOf(file);
    for (const [folder, watcher] of folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      folders.delete(folder);
    }
    for (const folder of wanted) {
      if (!folders.has(folder)) folders.set(folder, watchFolder(folder, touched));
    }
  };

  watchAll();
  return {
    reload,
    close: () => {
      closed = true;
      waiting?.close();
      for (const watcher of folders.values()) watcher.close();
    },
  };
}

/** The real folder of the file, and of everything the file's name is a link to. */
export function foldersOf(file: string): ReadonlySet<string> {
  const folders = new Set<string>();
  let at = resolve(file);
  for (let hops = 0; hops < LINKS_MAX; hops++) {
    const folder = dirname(at);
    const real = orUndefined(() => realpathSync(folder));
    if (real !== undefined) folders.add(real);
    const link = orUndefined(() => readlinkSync(at));
    if (link === undefined) break;
    at = resolve(folder, link);
  }
  return folders;
}

const textOf = (file: string): string | undefined => orUndefined(() => readFileSync(file, 'utf8'));

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A folder that goes away while it is watched is nothing to fail for: the file's own folder tells what came instead. */
function watchFolderOnDisk(folder: string, onEvent: () => void): Closable {
  const watcher = watch(folder, { persistent: false }, onEvent);
  watcher.on('error', onEvent);
  return watcher;
}

function laterByTimer(callback: () => void, delayMs: number): Closable {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return { close: () => clearTimeout(timer) };
}
