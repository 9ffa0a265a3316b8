import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { removeTemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  /** The address of a database that nobody has used yet. */
  readonly newDatabase: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';
const START_MS = 30_000;

/** Why no server can be started on this machine; `undefined` when one can. */
export function postgresMissing(): string | undefined {
  return binaries() === undefined ? 'skipped: no PostgreSQL is installed; `apt-get install postgresql`' : undefined;
}

/** Starts a server on a free port, with its data in a folder of its own and nothing written through to the disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries();
  if (bin === undefined) throw new Error('There is no PostgreSQL here.');
  const folder = temporaryFolder('postgres');
  const as = unprivileged();
  if (as) chownSync(folder, as.uid, as.gid);
  chmodSync(folder, 0o700);
  const at = { cwd: folder, ...as };
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'tests', '--auth=trust', '--no-sync'], {
    ...at,
    stdio: 'pipe',
  });
  const port = await freePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'];
  const child = spawn(join(bin, 'postgres'), options, { ...at, stdio: ['ignore', 'ignore', 'pipe'] });
  await ready(child);
  let count = 0;
  return {
    newDatabase: async () => {
      const name = `database_${(count += 1)}`;
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(port, name);
    },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
      removeTemporaryFolder(folder);
    },
  };
}

const urlOf = (port: number, database: string): string => `postgres://tests@127.0.0.1:${port}/${database}`;

function binaries(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`PostgreSQL didn't start: ${said}`)), START_MS);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(late);
      resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
  });
}
