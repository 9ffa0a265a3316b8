// Brings a checkout to the point where it can run: dependencies installed, sources compiled. Both steps leave a stamp
// that says what they were made from, so the second time costs a few milliseconds.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './alone.mjs';
import { ROOT } from './root.mjs';

const LOCKFILE = join(ROOT, 'package-lock.json');
const MODULES = join(ROOT, 'node_modules');
const INSTALL_STAMP = join(MODULES, '.synthlang-installed');
const DIST = join(ROOT, 'gateway/dist');
const PLATFORM = `${process.platform} ${process.arch}`;
const BUILD_STAMP = join(DIST, '.built-from');

/** Installs exactly what the lockfile names, unless that is what is there. */
export async function ensureInstalled() {
  if (installed()) return;
  await alone('install', async () => {
    if (installed()) return;
    say('Installing dependencies from package-lock.json (once) …');
    // Building needs the development dependencies, whatever NODE_ENV says.
    await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    stamp(INSTALL_STAMP, `${PLATFORM}\n${lockfileDigest()}`);
  });
}

/** Installs what the lockfile of a folder of tests names, unless npm's own record there is younger than the lockfile. */
export async function ensureInstalledIn(folder) {
  const [lockfile, record] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
    join(ROOT, folder, file),
  );
  if (existsSync(record) && statSync(record).mtimeMs >= statSync(lockfile).mtimeMs) return;
  say(`Installing what ${folder}/package-lock.json names (once) …`);
  // Cline names packages for newer Nodes, and runs as a program of its own.
  await npm(['ci', '--prefix', folder, '--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Whether the compiled files are those of these sources. */
export function isBuilt() {
  return read(BUILD_STAMP) === sourcesDigest();
}

/** Compiles the gateway, unless the compiled files are those of these sources. */
export async function ensureBuilt() {
  if (isBuilt()) return;
  await alone('build', async () => {
    const digest = sourcesDigest();
    if (read(BUILD_STAMP) === digest) return;
    say('Building the gateway …');
    rmSync(DIST, { recursive: true, force: true });
    await npm(['run', '--silent', 'build']);
    stamp(BUILD_STAMP, digest);
  });
}

/** A stamp is two lines: the platform, since a folder shared with a container holds the wrong binaries, and the digest. */
function installed() {
  const [platform, digest] = read(INSTALL_STAMP)?.split('\n') ?? [];
  if (platform !== undefined && platform !== PLATFORM) return false;
  if (digest === lockfileDigest()) return true;
  // Perhaps somebody ran npm themselves: npm's own record is younger than the lockfile if it followed it.
  const record = join(MODULES, '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(LOCKFILE).mtimeMs;
}

function lockfileDigest() {
  return digestOf([readFileSync(LOCKFILE)]);
}

function sourcesDigest() {
  const settings = [
    'gateway/tsconfig.json',
    'gateway/tsconfig.build.json',
    'gateway/package.json',
    'package-lock.json',
  ];
  const sources = readdirSync(join(ROOT, 'gateway/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|css|html|svg)$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => join('gateway/src', file))
    .sort();
  return digestOf([...settings, ...sources].flatMap((file) => [file, readFileSync(join(ROOT, file))]));
}

function digestOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function stamp(file, text) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

function npm(args) {
  const own = process.env.npm_execpath;
  const [command, before] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  return new Promise((resolve) => {
    // npm's words go to stderr: standard output belongs to the command that was asked for.
    const child = spawn(command, [...before, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      shell: command === 'npm' && process.platform === 'win32',
    });
    child.on('error', (error) => fail(`npm could not be started: ${error.message}`));
    child.on('exit', (code) =>
      code === 0 ? resolve() : fail(`"npm ${args.join(' ')}" failed; its messages are above.`),
    );
  });
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
