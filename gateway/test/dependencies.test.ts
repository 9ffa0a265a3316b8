import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fileAt, filesUnder, ROOT } from './rules/sources.ts';

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ALLOWED = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'MIT OR Apache-2.0']);
/** Licences outside the list, each with its reason. */
const LICENCE_EXCEPTIONS: Readonly<Record<string, string>> = {
  'MPL-2.0 lightningcss': 'Comes with the test runner, unchanged, and is not shipped.',
  'MIT or MPL-2.0 ibantools': 'We take it under MIT.',
  'Unlicense fast-sha256': 'Public domain; comes with the openai package, which only tests use.',
};
/** Packages that run code when installed, each with its reason. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@google/genai': 'Says that it does nothing; only tests use it, and it never runs (`allowScripts`).',
  protobufjs: 'Looks for its own version; comes with @google/genai, and never runs (`allowScripts`).',
  esbuild: 'Checks its own binary; comes with tsx, for development only.',
  fsevents: 'macOS only, and optional; comes with the test runner.',
};
/** The same of what we ship. A clone of ours never runs them (`allowScripts`). */
const SHIPPED_SCRIPTS: Readonly<Record<string, string>> = {
  '@photostructure/sqlite': 'Looks whether the binary that it brings along fits; works without having looked.',
};

/** The product's, and those of the folders of tests that are installed by themselves. */
const LOCKFILES = ['', ...['agents', 'agents/more', 'oracles', 'sdks'].map((folder) => `gateway/test/${folder}/`)].map(
  (folder) => `${folder}package-lock.json`,
);
const packagesIn = (lockfile: string) =>
  (JSON.parse(fileAt(lockfile).text) as { readonly packages: Readonly<Record<string, LockEntry>> }).packages;
const lock = { packages: packagesIn('package-lock.json') };
const entries = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const manifests = ['package.json', 'gateway/package.json'].map(fileAt).map(({ path, text }) => ({
  path,
  manifest: JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>,
}));

test('the rules look at the whole lockfile', () => expect(entries.length).toBeGreaterThan(100));

describe('licences', () => {
  const strange = entries.flatMap(([path, { license = 'none' }]) =>
    ALLOWED.has(license) ? [] : [`${license} ${nameOf(path)}`],
  );
  /** A package and the binaries it is cut into share one reason. */
  const excused = (found: string) => Object.keys(LICENCE_EXCEPTIONS).some((known) => found.startsWith(known));

  test('are ones that a company can accept', () => {
    expect(
      strange.filter((found) => !excused(found)),
      'Choose another package, or give the reason.',
    ).toEqual([]);
  });

  test('have no exception that is no longer needed', () => {
    const unused = Object.keys(LICENCE_EXCEPTIONS).filter((known) => !strange.some((found) => found.startsWith(known)));
    expect(unused).toEqual([]);
  });
});

test('nothing that we ship runs code when it is installed, save for what has a reason', () => {
  const scripts = entries.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const known = { ...INSTALL_SCRIPTS, ...SHIPPED_SCRIPTS };
  expect(scripts.map(([path]) => nameOf(path)).filter((name) => known[name] === undefined)).toEqual([]);
  const shipped = scripts.filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true);
  expect(shipped.map(([path]) => nameOf(path))).toEqual(Object.keys(SHIPPED_SCRIPTS));
  const allowed = JSON.parse(fileAt('package.json').text) as {
    readonly allowScripts: Readonly<Record<string, boolean>>;
  };
  for (const name of Object.keys(SHIPPED_SCRIPTS)) expect(allowed.allowScripts[name]).toBe(false);
});

test.each(manifests)('$path names every version exactly', ({ manifest }) => {
  const wanted = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(wanted.length).toBeGreaterThan(5);
  expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test.each(LOCKFILES)('%s is complete for every platform', (lockfile) => {
  const packages = packagesIn(lockfile);
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  const remedy = '`npm ci` refuses a lockfile without them; run `node scripts/complete-lockfile.mjs [folder]`';
  expect(missing, remedy).toEqual([]);
});

test.each(LOCKFILES)('%s has no package fetched from anywhere but the registry', (lockfile) => {
  expect(fileAt(lockfile).text).not.toMatch(/"resolved": "(?!https:\/\/registry\.|gateway|web)/);
});

test('there is one lockfile, and it is npm’s', () => {
  expect(existsSync(`${ROOT}package-lock.json`)).toBe(true);
  expect(filesUnder('gateway', ['yarn.lock', 'pnpm-lock.yaml', 'bun.lock'])).toEqual([]);
});
