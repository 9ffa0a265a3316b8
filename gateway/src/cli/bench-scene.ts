import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../benching/asking.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';
import { type ChildProgram, startChild } from './child-program.ts';
import type { World } from './world.ts';

/** A gateway and a provider of their own for a bench, each a process, so that none of them waits for another one's work. */
export interface Scene {
  /** The way through the gateway. */
  readonly gateway: Target;
  /** The same without it. */
  readonly direct: Target;
  /** Leaves nothing behind. */
  readonly close: () => Promise<void>;
}

/** What a scene is like. */
export interface SceneOptions {
  /** Settings of the gateway besides the usual ones. */
  readonly settings: object;
  /** How long the provider thinks. */
  readonly delayMs: number;
}

/** The gateway is gone with the bench, and behind it stands nothing that costs. */
const KEY = 'sk-bench-0123456789abcdef';
const MODEL = 'bench';

/** Starts a gateway as an operator would, with its records and its log, before a provider that answers at once. */
export async function benchScene(world: World, { settings, delayMs }: SceneOptions): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'synthlang-bench-'));
  const started: ChildProgram[] = [];
  const close = async (): Promise<void> => {
    for (const child of started.toReversed()) await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (...words: readonly string[]): Promise<ChildProgram> => {
    const child = await startChild(world, words, folder);
    started.push(child);
    return child;
  };
  try {
    const provider = await start('bench', 'provider', '--delay', String(delayMs));
    const file = join(folder, 'synthlang.yaml');
    writeFileSync(file, JSON.stringify({ ...configOf(provider.url, folder), ...settings }));
    const gateway = await start('serve', '--config', file);
    return {
      gateway: { name: 'gateway', baseUrl: `${gateway.url}/v1`, key: KEY, model: MODEL },
      direct: { name: 'direct', baseUrl: provider.url, key: KEY, model: MODEL },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function configOf(providerUrl: string, folder: string): object {
  return {
    server: { port: 0 },
    dataDir: join(folder, 'data'),
    access: { masterKey: KEY },
    models: [{ name: MODEL, target: `${openaiCompatible.id}/${MODEL}`, key: KEY, apiBase: providerUrl }],
  };
}
