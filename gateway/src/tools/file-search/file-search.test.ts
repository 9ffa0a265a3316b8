import { expect, test } from 'vitest';
import { failureOf, toolContext } from '../../../test/support.ts';
import type { TextFolder } from '../../model/text-folder.ts';
import { fileSearch, type FileSearchSettings } from './file-search.ts';

const SETTINGS: FileSearchSettings = { totalBytesMax: 100_000, refreshMs: 10_000, resultsMax: 3 };

/** A folder in memory. What was read is counted. */
function folderOf(initial: Readonly<Record<string, string>>) {
  const files = new Map(Object.entries(initial).map(([path, text]) => [path, { text, modifiedMs: 1 }]));
  const reads: string[] = [];
  const folder: TextFolder = {
    list: () =>
      Promise.resolve([...files].map(([path, { text, modifiedMs }]) => ({ path, sizeBytes: text.length, modifiedMs }))),
    read: (path) => {
      reads.push(path);
      return Promise.resolve(files.get(path)?.text);
    },
  };
  return { folder, files, reads };
}

function searcher(files: Readonly<Record<string, string>>, settings: Partial<FileSearchSettings> = {}) {
  const { folder, ...rest } = folderOf(files);
  const tool = fileSearch(folder, { ...SETTINGS, ...settings });
  const find = async (query: string, nowMs = 0) => {
    const { result, text } = await tool.run({ query }, toolContext({ nowMs }));
    const { results } = result as { results: readonly { path: string; line: number; text: string }[] };
    return { results, text, paths: results.map(({ path }) => path) };
  };
  return { find, ...rest };
}

const FILES = {
  'streams.md': 'Streams\n\nA stream hands on data piece by piece. Streams have backpressure.',
  'http.md': 'HTTP\n\nA request has a body, which may be a stream.',
  'cooking.md': 'Soup\n\nBoil water. Add salt.',
};

test('the place that fits best comes first, with its line', async () => {
  const { find } = searcher(FILES);
  const { paths, text } = await find('stream backpressure');
  expect(paths).toEqual(['streams.md', 'http.md']);
  expect(text).toContain('streams.md:1\nStreams');
  expect((await find('salt')).paths).toEqual(['cooking.md']);
});

test('a place deep in a long file is found with its line, and shown in part', async () => {
  const lines = Array.from({ length: 300 }, (_, at) =>
    at === 250 ? 'Here lies the needle.' : `Line ${at} of the haystack.`,
  );
  const { results } = await searcher({ 'long.md': lines.join('\n') }).find('needle');
  expect(results).toMatchObject([{ path: 'long.md', line: 241 }]);
  expect(results[0]?.text).toContain('needle');
  expect(results[0]?.text.length).toBeLessThan(450);
});

test('only what changed is read again, and only when it is time', async () => {
  const { find, files, reads } = searcher(FILES);
  await find('soup');
  expect(reads).toEqual(['streams.md', 'http.md', 'cooking.md']);
  files.set('cooking.md', { text: 'Stew with pepper', modifiedMs: 2 });
  files.delete('http.md');
  files.set('new.md', { text: 'Pepper grows in India', modifiedMs: 1 });
  expect((await find('pepper', 9_999)).paths).toEqual([]);
  expect((await find('pepper', 10_000)).paths.toSorted()).toEqual(['cooking.md', 'new.md']);
  expect(reads.slice(3)).toEqual(['cooking.md', 'new.md']);
  expect((await find('salt request', 10_000)).paths).toEqual([]);
});

test('searches that come together wait for one reading', async () => {
  const { find, reads } = searcher(FILES);
  await Promise.all([find('soup'), find('stream'), find('body')]);
  expect(reads).toHaveLength(3);
});

test('no more is read than the limit of all texts together', async () => {
  const { find, reads } = searcher({ a: 'x'.repeat(60), b: 'y'.repeat(60), c: 'z'.repeat(30) }, { totalBytesMax: 100 });
  await find('x');
  expect(reads).toEqual(['a']);
});

test.each(['nothing like it', '../../etc/passwd', '__proto__', '*', '"'])(
  '%s finds nothing, and says so',
  async (query) => {
    expect((await searcher(FILES).find(query)).text).toBe(`Nothing in the files fits "${query}".`);
  },
);

test('without a folder it says which setting is missing', async () => {
  const error = await failureOf(fileSearch(undefined, SETTINGS).run({ query: 'x' }, toolContext()));
  expect([error.code, error.message]).toEqual([
    'tool.unconfigured',
    expect.stringContaining('tools.fileSearch.folder'),
  ]);
});

test('a folder that can’t be read is a failure of the tool', async () => {
  const gone: TextFolder = { list: () => Promise.reject(new Error('ENOENT')), read: () => Promise.resolve(undefined) };
  expect((await failureOf(fileSearch(gone, SETTINGS).run({ query: 'x' }, toolContext()))).code).toBe('tool.failed');
});
