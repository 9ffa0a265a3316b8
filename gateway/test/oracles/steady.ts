import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { installed, OPENAPI_FILE } from './oracles.ts';

/** Steady's entry, if it is installed. */
export const steadyEntry = installed('@stdy/cli/steady.js');

/** A server that knows OpenAI's description of its API and judges every request by it. */
export interface Steady {
  /** What is wrong with a request; nothing when it is valid. */
  readonly complaints: (path: string, body: Buffer) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const START_MS = 60_000;
/** What Steady says once it serves: the latter where the environment has CI=true. */
const SERVES = /Ready|Server listening/;
/** How Steady's own users run it for OpenAI's API. */
const FLAGS = ['query-array', 'form-array', 'query-object', 'form-object'].map(
  (what) => `--validator-${what}-format=brackets`,
);

/** Starts Steady and resolves when it serves. */
export async function startSteady(): Promise<Steady> {
  const port = await freePort();
  const words = [steadyEntry ?? '', '--host', '127.0.0.1', '-p', String(port), '-q', ...FLAGS, OPENAPI_FILE];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await served(child);
  return {
    complaints: async (path, body) => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer k' };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      await answer.arrayBuffer();
      return answer.headers.get('x-steady-request-valid') === 'true' ? [] : errorsOf(answer.headers);
    },
    close: async () => {
      const gone = once(child, 'exit');
      // Its entry starts another process, so the whole group goes.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await gone;
    },
  };
}

function errorsOf(headers: Headers): readonly string[] {
  const count = Number(headers.get('x-steady-error-count') ?? 0);
  const errors = Array.from({ length: count }, (_, at) => {
    const [path, message] = ['path', 'message'].map((what) => headers.get(`x-steady-error-${at + 1}-${what}`));
    return `${path}: ${message}`;
  });
  return errors.length > 0 ? errors : ['not judged'];
}

async function served(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`Steady did not start: ${said}`)), START_MS);
    const hear = (piece: Buffer) => {
      said += String(piece);
      if (!SERVES.test(said)) return;
      clearTimeout(tooLate);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => reject(new Error(`Steady ended: ${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
