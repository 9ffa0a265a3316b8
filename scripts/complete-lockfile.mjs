// `node scripts/complete-lockfile.mjs [folder]`: names in package-lock.json, the root's or a folder's own, the binaries of
// other platforms that npm left out, because the registry it was made with doesn't have them. `npm ci` refuses a lockfile
// without them, on every platform.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

const FILE = join(ROOT, process.argv[2] ?? '.', 'package-lock.json');
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPUS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const entries = Object.entries(lock.packages);
const missing = entries.flatMap(([path, owner]) =>
  Object.entries(owner.optionalDependencies ?? {})
    .filter(([name]) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`])
    .map(([name, version]) => ({ path: `node_modules/${name}`, entry: entryOf(name, version, owner) })),
);
const [root, ...others] = entries;
const sorted = [...others, ...missing.map(({ path, entry }) => [path, entry])].sort(([a], [b]) =>
  a.localeCompare(b, 'en'),
);
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries([root, ...sorted]) }, null, 2)}\n`);
process.stdout.write(missing.map(({ path }) => `${path}\n`).join(''));

/** What npm would have written, read from the package's name: `@acme/tool-linux-arm64-musl`. */
function entryOf(name, version, { dev, license, engines }) {
  const words = name.split(/[/-]/);
  const os = words.map((word) => (word === 'windows' ? 'win32' : word)).find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => CPUS.includes(word));
  if (os === undefined || cpu === undefined)
    throw new Error(`${name} doesn't say which platform it is for; add it by hand.`);
  const libc = words.map((word) => /^(musl|gnu)/.exec(word)?.[1]).find((word) => word !== undefined);
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc === 'gnu' ? 'glibc' : libc] }),
    license,
    optional: true,
    os: [os],
    ...(engines ? { engines } : {}),
  };
}
