import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { until } from './faults/until.ts';
import { removeTemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** A Redis server of the tests' own. */
export interface RedisServer {
  readonly url: string;
  /** Ends it at once, as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again at the same address, with nothing in it. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PROGRAM = '/usr/bin/redis-server';
const PASSWORD = 'redis-CANARY-0123456789';

/** Why no server can be started on this machine; `undefined` when one can. */
export function redisMissing(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'skipped: no Redis is installed; `apt-get install redis-server`';
}

/** Starts a server on a free port, which asks for a password and keeps nothing on the disk. */
export async function startRedis(): Promise<RedisServer> {
  const folder = temporaryFolder('redis');
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ];
    child = spawn(PROGRAM, [...options, '--requirepass', PASSWORD], { stdio: 'ignore' });
    await until('Redis answers', () => answers(port));
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${port}`,
    kill,
    start,
    stop: async () => {
      await kill();
      removeTemporaryFolder(folder);
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
