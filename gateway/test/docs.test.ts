import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_RULES } from '../src/model/error-rules.ts';
import { loadText } from '../src/config/load.ts';
import { brokenLinks, claimsWithoutSource, codeBlocks } from './docs/markdown.ts';
import { referencePages } from './docs/reference.ts';
import { walkProviderRecipe } from './docs/provider-recipe.ts';
import { type DocsGateway, startDocsGateway } from './docs/run-blocks.ts';
import { complaintsAbout } from './docs/type-checked.ts';
import { fileAt, filesUnder, ROOT, type SourceFile } from './rules/sources.ts';

const pages = filesUnder('.', ['.md']).filter(({ path }) => !path.startsWith('gateway/'));
const blocks = pages.flatMap(codeBlocks);
const reference = await referencePages();

function existing(path: string): SourceFile | undefined {
  const full = join(ROOT, path);
  if (!existsSync(full)) return undefined;
  return statSync(full).isDirectory() ? { path, text: '' } : fileAt(path);
}

test('the rules look at the whole documentation', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(blocks.length).toBeGreaterThan(15);
});

describe('reference pages', () => {
  test.each(Object.entries(reference))('%s is what the code says', (path, text) => {
    expect(existing(path)?.text, 'Run `npm run docs`.').toBe(text);
  });

  test('name every error, and no other', () => {
    const named = [...fileAt('docs/reference/errors.md').text.matchAll(/^\| `([a-z.-]+)` \|/gm)].map(
      ([, code]) => code,
    );
    expect(named).toEqual(Object.keys(ERROR_RULES));
  });

  test('nothing else lies among them', () => {
    const made = new Set(Object.keys(reference));
    expect(
      filesUnder('docs/reference', [''])
        .filter(({ path }) => !made.has(path))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('prose', () => {
  test('links lead somewhere', () => expect(pages.flatMap((page) => brokenLinks(page, existing))).toEqual([]));

  test('every page can be reached from the README', () => {
    const reached = reachable('README.md');
    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  test('a number that was measured names the result it comes from', () => {
    expect(pages.flatMap(claimsWithoutSource)).toEqual([]);
  });

  test('an error code in the text exists', () => {
    const known = new Set(Object.keys(ERROR_RULES));
    const families = [...new Set([...known].map((code) => code.split('.')[0]))].join('|');
    const code = new RegExp(`\`((?:${families})\\.[a-z]+(?:-[a-z]+)*)(?<!\\.ts)\``, 'g');
    const named = pages.flatMap(({ path, text }) => [...text.matchAll(code)].map(([, name = '']) => ({ path, name })));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ name }) => !known.has(name) && !isSetting(name))).toEqual([]);
  });
});

describe('programs', () => {
  test('in TypeScript compile against the sources', () => {
    const programs = blocks.filter(({ language, info }) => language === 'ts' && info !== 'part');
    expect(programs.length).toBeGreaterThan(3);
    expect(complaintsAbout(programs)).toBe('');
  }, 60_000);

  test('in JSON are JSON', () => {
    for (const { code } of blocks.filter(({ language }) => language === 'json')) JSON.parse(code);
  });
});

describe('configurations', () => {
  const configurations = blocks.filter(({ language }) => language === 'yaml');
  /** References need something to refer to; nothing in the documentation is real. */
  const referred = configurations.flatMap(({ code }) =>
    [...code.matchAll(/(?:env:|os\.environ\/)(\w+)/g)].map(([, name = '']) => name),
  );
  const shaped: Readonly<Record<string, string>> = { DATABASE_URL: 'postgres://host/database' };
  const env = Object.fromEntries(referred.map((name) => [name, shaped[name] ?? `sk-0123456789-${name}`]));

  test('are shown', () => expect(configurations.length).toBeGreaterThan(3));

  test.each(configurations)('$page:$line is accepted, with nothing unsupported in it', ({ code }) => {
    expect(loadText({ text: code, file: 'synthlang.yaml', env }).unsupported).toEqual([]);
  });
});

describe('what can be run', () => {
  const runs = blocks.filter(({ info }) => info === 'run');
  let gateway: DocsGateway;
  beforeAll(async () => {
    gateway = await startDocsGateway();
  }, 60_000);
  afterAll(() => gateway.stop());

  test('is there', () => expect(runs.length).toBeGreaterThan(5));

  test.each(runs)('$page:$line says Hello', (block) => {
    expect(gateway.run(block)).toContain('Hello');
  });
});

test('the recipe for a provider works as written', () => {
  const { passed, said } = walkProviderRecipe(codeBlocks(fileAt('docs/extend/provider.md')));
  expect(said).toContain('acme');
  expect(passed, said).toBe(true);
}, 120_000);

describe('the rules can fail', () => {
  const page = (text: string): SourceFile => ({ path: 'docs/x.md', text });

  test('on a link to nothing', () => {
    expect(
      brokenLinks(page('[a](gone.md) [b](#gone)\n# Here\n[c](#here)'), (path) =>
        path === 'docs/x.md' ? page('# Here') : undefined,
      ),
    ).toHaveLength(2);
  });

  test('on a number without a source', () => {
    expect(claimsWithoutSource(page('It takes 40 µs.'))).toHaveLength(1);
    expect(claimsWithoutSource(page('It takes 40 µs (`bench/results/a.md`).'))).toEqual([]);
  });

  test('on a program that doesn’t compile', () => {
    const code = "import { nothing } from 'synthlang-proxy';\nnothing();\n";
    expect(complaintsAbout([{ page: 'docs/x.md', line: 1, language: 'ts', info: '', code }])).toContain(
      'docs-x-md-line-1',
    );
  }, 60_000);
});

/** Pages that somebody who starts at `path` and follows links gets to see. */
function reachable(path: string, seen = new Set<string>()): ReadonlySet<string> {
  const page = existing(path);
  if (page === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const [, link = ''] of page.text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
    if (link.endsWith('.md')) reachable(join(path, '..', link), seen);
  }
  return seen;
}

/** Settings are dotted too, and some begin like an error: `upstream.totalTimeoutMs`. */
function isSetting(name: string): boolean {
  return fileAt('docs/reference/settings.md').text.includes(`\`${name}\``);
}
