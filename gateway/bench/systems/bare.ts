import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAST_MODEL } from '../../test/scripted-provider/fast-replies.ts';
import { compile } from './compile.ts';
import { upstreamPath } from './contract.ts';
import type { System } from './contract.ts';
import { freePort, runProgram } from './run-program.ts';

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));

/** What our transport costs with nothing on top. Compiled first, so that no loader is measured. */
export const bare: System = {
  id: 'bare',
  title: 'node:http + undici, bare',
  required: false,
  missing: async () => compile(join(FOLDER, 'tsconfig.json')),
  start: async ({ upstreamPort, folder }) => {
    const port = await freePort();
    const program = await runProgram({
      command: process.execPath,
      args: [join(FOLDER, 'dist/bare.js'), '--port', String(port), '--upstream', `http://127.0.0.1:${upstreamPort}`],
      port,
      logFile: join(folder, 'bare.log'),
    });
    const address = (kind: Parameters<typeof upstreamPath>[0]) => ({
      path: upstreamPath(kind),
      model: FAST_MODEL,
      headers: {},
      saysModel: FAST_MODEL,
    });
    return { port, ...program, address };
  },
};
