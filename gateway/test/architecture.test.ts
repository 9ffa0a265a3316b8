import { describe, expect, test } from 'vitest';
import { ARCHITECTURE } from './rules/architecture-table.ts';
import { peerImports, strayImports, strayThirdParties } from './rules/imports.ts';
import { fileAt, programFiles, type SourceFile } from './rules/sources.ts';

const files = programFiles();
const folders = [
  ...new Set(
    files
      .map(({ path }) => path.split('/').slice(2))
      .filter(({ length }) => length > 1)
      .map(([top]) => top),
  ),
];

test('the rules look at the whole program', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap(({ text }) => text.match(/^import /gm) ?? []).length).toBeGreaterThan(100);
});

test('every folder has a row in the table, and every row a folder', () => {
  expect(new Set(Object.keys(ARCHITECTURE.mayImport))).toEqual(new Set(folders));
});

test('ARCHITECTURE.md shows the same table', () => {
  const shown = tableIn(fileAt('ARCHITECTURE.md').text);
  const rows = Object.entries(ARCHITECTURE.mayImport).map(([folder, { may }]) => [folder, [...may].sort()]);
  expect(shown).toEqual(Object.fromEntries(rows));
});

test('ARCHITECTURE.md names every wire format', () => {
  const row = /^\| \*\*Dialect\*\* .*$/m.exec(fileAt('ARCHITECTURE.md').text)?.[0] ?? '';
  const named = [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
  const known = files.flatMap(({ path }) => /^gateway\/src\/dialects\/([a-z-]+)\//.exec(path)?.[1] ?? []);
  expect(new Set(named)).toEqual(new Set(known));
});

describe('folders import only what they may', () => {
  test('each other', () => expect(files.flatMap(strayImports)).toEqual([]));
  test('the peers of their shelf', () => expect(files.flatMap(peerImports)).toEqual([]));
  test('packages, Node modules and globals', () => expect(files.flatMap(strayThirdParties)).toEqual([]));
});

describe('the rules can fail', () => {
  const file = (path: string, text: string): SourceFile => ({ path: `gateway/src/${path}`, text });

  test.each([
    ['a stray import', file('model/turn.ts', "import { x } from '../config/schema.ts';")],
    ['a stray type', file('dialects/sse.ts', "import type {\n  X,\n} from '../providers/contract.ts';")],
    ['a re-export', file('dialects/sse.ts', "export { x } from '../routing/plan.ts';")],
    ['a contract-only folder', file('pipeline/run.ts', "import { x } from '../stages/cache.ts';")],
    ['a dynamic import', file('model/turn.ts', "const x = await import('../config/schema.ts');")],
    ['a folder without a row', file('utils/x.ts', "import { x } from '../model/turn.ts';")],
    ['a root file nobody named', file('extra.ts', "import { x } from './model/turn.ts';")],
  ])('on %s', (_, bad) => expect(strayImports(bad)).not.toEqual([]));

  test.each([
    ['another dialect', file('dialects/acme/reply.ts', "import { x } from '../openai-chat/reply.ts';")],
    ['another provider', file('providers/acme.ts', "import { openai } from './openai.ts';")],
  ])('on %s', (_, bad) => expect(peerImports(bad)).not.toEqual([]));

  test.each([
    ['a confined package', file('server/http.ts', "import { request } from 'undici';")],
    ['a package without a row', file('server/http.ts', "import x from 'left-pad';")],
    ['the environment', file('routing/plan.ts', 'const key = process.env.KEY;')],
    ['the console', file('routing/plan.ts', 'console.log(1);')],
    ['a second door out', file('providers/acme.ts', 'await fetch(url);')],
  ])('on %s', (_, bad) => expect(strayThirdParties(bad)).not.toEqual([]));

  test('and let pass what is allowed', () => {
    const good = file(
      'providers/acme.ts',
      "// process.env\nimport { bearer } from './contract.ts';\nconst fetcher = 'fetch';",
    );
    expect([...strayImports(good), ...peerImports(good), ...strayThirdParties(good)]).toEqual([]);
  });
});

/** Reads the rows `| a, b | c, d |` under "Who may import whom". */
function tableIn(page: string): Record<string, string[]> {
  const section = page.split(/^## Who may import whom$/m)[1]?.split(/^## /m)[0] ?? '';
  const rows = [...section.matchAll(/^\| (`.+?) \| (.+?) \|/gm)];
  const named = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
  return Object.fromEntries(
    rows.flatMap(([, left = '', right = '']) => named(left).map((folder) => [folder, named(right).sort()])),
  );
}
