import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAST_MODEL } from '../../test/scripted-provider/fast-replies.ts';
import { upstreamBase } from './contract.ts';
import type { System } from './contract.ts';
import { runOnce } from './run-once.ts';
import { freePort, runProgram } from './run-program.ts';

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));
const MAIN = join(FOLDER, 'node_modules/@portkey-ai/gateway/build/start-server.js');

/** The best known gateway on Node. No keys, no records; it sets the model, retries and falls back, as ours does. */
export const portkey: System = {
  id: 'portkey',
  title: 'Portkey gateway 1.15.2',
  required: false,
  missing: async ({ smoke }) => {
    if (existsSync(MAIN)) return undefined;
    if (smoke) return 'not installed; a full run installs it';
    return runOnce('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], FOLDER);
  },
  start: async ({ upstreamPort, folder }) => {
    const port = await freePort();
    const program = await runProgram({
      command: process.execPath,
      args: [MAIN, `--port=${port}`, '--headless'],
      port,
      logFile: join(folder, 'portkey.log'),
      folder,
    });
    return {
      port,
      ...program,
      address: (kind) => ({
        path: '/v1/chat/completions',
        model: FAST_MODEL,
        headers: {
          authorization: 'Bearer sk-up',
          'x-portkey-config': JSON.stringify({
            retry: { attempts: 2 },
            strategy: { mode: 'fallback' },
            targets: [
              {
                provider: 'openai',
                api_key: 'sk-up',
                custom_host: `http://127.0.0.1:${upstreamPort}${upstreamBase(kind)}`,
                override_params: { model: FAST_MODEL },
              },
            ],
          }),
        },
        saysModel: FAST_MODEL,
      }),
    };
  },
};
