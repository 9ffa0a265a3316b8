import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../benching/asking.ts';
import { synthlang } from '../providers/synthlang.ts';
import { serve } from '../serve.ts';

/** A gateway of its own for a bench, that asks nobody. */
export interface Scene {
  readonly target: Target;
  readonly close: () => Promise<void>;
}

/** Only this process knows it, and the gateway is gone with the bench. */
const KEY = 'sk-bench-0123456789abcdef';

/** Starts a gateway on a free port of this machine, whose model says what it was asked. It leaves nothing behind. */
export async function benchScene(settings: object): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'synthlang-bench-'));
  const file = join(folder, 'synthlang.yaml');
  const config = {
    server: { port: 0 },
    dataDir: join(folder, 'data'),
    access: { masterKey: KEY },
    models: [{ name: 'bench', target: `${synthlang.id}/${synthlang.models[0]}` }],
    log: { level: 'silent' },
    ...settings,
  };
  try {
    writeFileSync(file, JSON.stringify(config));
    const running = await serve({ env: {}, folder, file, flags: {}, say: () => undefined });
    return {
      target: { name: 'gateway', baseUrl: `${running.url}/v1`, key: KEY, model: 'bench' },
      close: async () => {
        await running.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
}
