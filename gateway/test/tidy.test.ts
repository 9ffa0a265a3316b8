import { describe, expect, test } from 'vitest';
import { CHATTING_IDS, PROVIDER_IDS } from './rules/provider-ids.ts';
import { ARCHITECTURE } from './rules/architecture-table.ts';
import { fileAt, filesUnder, isTest, type SourceFile } from './rules/sources.ts';
import { TIDY_RULES } from './rules/tidy-rules.ts';

describe.each(TIDY_RULES)('$name', ({ instead, files, broken, bad, good, except = {} }) => {
  test('holds everywhere', () => {
    const looked = files();
    expect(looked.length, 'a rule that looks at nothing would always hold').toBeGreaterThan(5);
    const findings = looked.filter(({ path }) => except[path] === undefined).flatMap(broken);
    expect(findings, instead).toEqual([]);
  });

  test('has no exception that is no longer needed', () => {
    const needed = files().filter((file) => broken(file).length > 0);
    expect(Object.keys(except).filter((path) => !needed.some((file) => file.path === path))).toEqual([]);
  });

  test('can fail', () => {
    expect(broken(bad)).not.toEqual([]);
    expect(broken(good)).toEqual([]);
  });
});

describe('shelves', () => {
  /** Shelves whose peers are listed in an index; the line itself lists the stages. */
  const INDEXED = [
    'providers',
    'dialects',
    'callbacks',
    'detectors',
    'guards',
    'tools',
    'compressors',
    'strategies',
  ] as const;

  test.each(INDEXED)('%s lists every peer in its index', (shelf) => {
    const list = fileAt(`gateway/src/${shelf}/index.ts`);
    const peers = peersOf(shelf);
    expect(peers.length).toBeGreaterThan(1);
    expect(unlisted(peers, list), `Add a line to gateway/src/${shelf}/index.ts.`).toEqual([]);
  });

  test('the check can fail', () => {
    expect(unlisted(['acme'], { path: 'index.ts', text: "import { other } from './other.ts';" })).toEqual(['acme']);
  });

  test('every provider has a fixture', () => {
    const fixtures = filesUnder('gateway/fixtures', ['.txt']).map(({ path }) => path.replace('gateway/fixtures/', ''));
    const without = CHATTING_IDS.filter((id) => !fixtures.some((name) => name.startsWith(`${id}.`)));
    expect(PROVIDER_IDS.length).toBeGreaterThan(3);
    expect(without, 'Write gateway/fixtures/<id>.text.txt; docs/extend/provider.md shows one.').toEqual([]);
  });
});

describe('sizes that the linter holds', () => {
  const config: unknown = JSON.parse(fileAt('.oxlintrc.json').text);

  test('are what CONTRIBUTING.md promises', () => {
    expect(config).toMatchObject({
      rules: {
        'max-lines-per-function': ['error', { max: 60 }],
        'max-depth': ['error', 3],
        'max-params': ['error', 4],
        'typescript/no-explicit-any': 'error',
        'import/no-cycle': 'error',
      },
    });
  });
});

/** The peers of a shelf: its folders, or else the files that aren't shared by name. */
function peersOf(shelf: string): readonly string[] {
  const folder = `gateway/src/${shelf}`;
  const inside = filesUnder(folder, ['.ts']).filter((file) => !isTest(file));
  const relative = inside.map(({ path }) => path.slice(folder.length + 1));
  if (ARCHITECTURE.shelves[shelf] === 'folders') {
    return [...new Set(relative.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))];
  }
  return relative
    .filter((path) => !['contract.ts', 'index.ts', ...(ARCHITECTURE.shared[shelf] ?? [])].includes(path))
    .map((path) => path.replace(/\.ts$/, ''));
}

function unlisted(peers: readonly string[], list: SourceFile): readonly string[] {
  return peers.filter((peer) => !list.text.includes(`'./${peer}.ts'`) && !list.text.includes(`'./${peer}/`));
}
