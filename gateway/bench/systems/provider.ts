import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FAST_MODEL } from '../../test/scripted-provider/fast-replies.ts';
import { upstreamPath } from './contract.ts';
import type { Running } from './contract.ts';

/** The scripted provider in a process of its own. Asked directly it is the row that the others are compared with. */
export async function startProvider(): Promise<Running> {
  const file = fileURLToPath(new URL('../../test/scripted-provider/main.ts', import.meta.url));
  const child = fork(file, ['--port', '0'], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    port,
    pid: child.pid ?? 0,
    address: (kind) => ({ path: upstreamPath(kind), model: FAST_MODEL, headers: {}, saysModel: FAST_MODEL }),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
