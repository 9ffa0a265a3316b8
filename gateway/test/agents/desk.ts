import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PATIENCE_MS = 60_000;

/** Where an agent works: a home of its own, and a folder with notes whose words nobody can guess. */
export interface Desk {
  readonly home: string;
  readonly folder: string;
  readonly notes: readonly Note[];
  readonly clear: () => void;
}

/** A file, and the word that only its reader knows. */
export interface Note {
  readonly path: string;
  readonly word: string;
}

/** What an agent was told besides its words, and where it works. */
export interface Task {
  readonly desk: Desk;
  readonly env: Readonly<Record<string, string>>;
}

/** What an agent has printed. */
export interface Work {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The entry of an agent as npm installed it in this folder, or in one within, if it did. */
export function installed(entry: string, folder = ''): string | undefined {
  const path = join(HERE, folder, 'node_modules', entry);
  return existsSync(path) ? path : undefined;
}

/** How a suite is called, so that a skipped one says why. */
export function titleOf(agent: string, entry: string | undefined): string {
  return entry === undefined ? `${agent} (not installed; run npm ci --prefix gateway/test/agents)` : agent;
}

/** A desk with two notes. */
export function newDesk(): Desk {
  const root = temporaryFolder('agent');
  const [home, folder] = [join(root, 'home'), join(root, 'work')];
  const notes = ['note.txt', 'other.txt'].map((name) => ({
    path: join(folder, name),
    word: randomBytes(6).toString('hex'),
  }));
  mkdirSync(home);
  mkdirSync(folder);
  for (const { path, word } of notes) writeFileSync(path, `The word is ${word}.\n`);
  return { home, folder, notes, clear: () => removeTemporaryFolder(root) };
}

/** Writes a file, and the folders it is in. */
export function put(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}

/** Runs an agent to its end. It knows nothing of the environment that the tests run in. */
export async function work(entry: string, words: readonly string[], { desk, env }: Task): Promise<Work> {
  const isProgram = entry.endsWith('.exe');
  const child = spawn(isProgram ? entry : process.execPath, isProgram ? [...words] : [entry, ...words], {
    cwd: desk.folder,
    env: { PATH: process.env['PATH'], HOME: desk.home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, because what is started here starts others.
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  const late = setTimeout(() => endGroup(child.pid), PATIENCE_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(late);
  endGroup(child.pid);
  return { code, ...said };
}

/** Ends what an agent has started, and itself if it still runs. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
