import { expect, test } from 'vitest';
import { type AskedOf, json, loopback, realService } from '../../../test/loopback.ts';
import { failureOf, toolContext } from '../../../test/support.ts';
import { webSearch, type WebSearchSettings } from './web-search.ts';

/** What the engines answer, in the form of their documentation. */
const ANSWERS = {
  searxng: {
    query: 'node streams',
    number_of_results: 0,
    results: [
      {
        url: 'https://nodejs.org/api/stream.html',
        title: 'Stream | Node.js',
        content: 'A stream is an abstract\n   interface.',
        publishedDate: null,
        thumbnail: null,
        engine: 'duckduckgo',
        template: 'default.html',
        parsed_url: ['https', 'nodejs.org', '/api/stream.html', '', '', ''],
        engines: ['duckduckgo', 'brave'],
        positions: [1, 1],
        score: 4,
        category: 'general',
      },
      { url: 'https://example.com/2', title: 'Second', content: null, engine: 'brave', score: 1 },
    ],
    answers: [],
    corrections: [],
    infoboxes: [],
    suggestions: [],
    unresponsive_engines: [['google', 'timeout']],
  },
  brave: {
    type: 'search',
    query: { original: 'node streams', more_results_available: true },
    mixed: { type: 'mixed', main: [{ type: 'web', index: 0, all: false }] },
    web: {
      type: 'search',
      results: [
        {
          title: 'Stream | Node.js',
          url: 'https://nodejs.org/api/stream.html',
          is_source_local: false,
          description: 'A <strong>stream</strong> is an abstract interface.',
          profile: { name: 'Nodejs', url: 'https://nodejs.org/' },
          language: 'en',
          family_friendly: true,
        },
        { title: 'Second', url: 'https://example.com/2', description: '' },
      ],
      family_friendly: true,
    },
  },
  tavily: {
    query: 'node streams',
    follow_up_questions: null,
    answer: null,
    images: [],
    results: [
      {
        url: 'https://nodejs.org/api/stream.html',
        title: 'Stream | Node.js',
        content: 'A stream is an abstract interface.',
        score: 0.98,
        raw_content: null,
      },
      { url: 'https://example.com/2', title: 'Second', content: '', score: 0.5, raw_content: null },
    ],
    response_time: 0.9,
    request_id: '1',
  },
} as const;

const FOUND = [
  {
    title: 'Stream | Node.js',
    url: 'https://nodejs.org/api/stream.html',
    snippet: 'A stream is an abstract interface.',
  },
  { title: 'Second', url: 'https://example.com/2', snippet: '' },
];

type Engine = keyof typeof ANSWERS;
const SETTINGS: WebSearchSettings = { braveUrl: 'http://127.0.0.1:1', tavilyUrl: 'http://127.0.0.1:1', resultsMax: 5 };
const settingsFor = (engine: Engine, url: string): WebSearchSettings => {
  if (engine === 'searxng') return { ...SETTINGS, searxngUrl: url };
  return engine === 'brave'
    ? { ...SETTINGS, braveKey: 'brave-CANARY', braveUrl: url }
    : { ...SETTINGS, tavilyKey: 'tvly-CANARY', tavilyUrl: url };
};

async function engine(name: Engine, answer: unknown = ANSWERS[name], status = 200) {
  const { url, asked } = await loopback((_, response) => json(response, answer, status));
  const tool = webSearch(settingsFor(name, url), realService());
  return { asked, find: (parameters: Record<string, unknown>) => tool.run(parameters, toolContext()) };
}

const ASKED: Readonly<Record<Engine, (asked: AskedOf) => unknown>> = {
  searxng: ({ method, path, query }) => [method, path, query['q'], query['format']],
  brave: ({ method, path, query, headers }) => [
    method,
    path,
    query['q'],
    query['count'],
    headers['x-subscription-token'],
  ],
  tavily: ({ method, path, headers, body }) => [method, path, headers.authorization, JSON.parse(body)],
};

test.each([
  ['searxng', ['GET', '/search', 'node streams', 'json']],
  ['brave', ['GET', '/res/v1/web/search', 'node streams', '5', 'brave-CANARY']],
  [
    'tavily',
    ['POST', '/search', 'Bearer tvly-CANARY', { query: 'node streams', max_results: 5, search_depth: 'basic' }],
  ],
] as const)('%s is asked as it documents, and understood', async (name, expected) => {
  const { find, asked } = await engine(name);
  const { result, text } = await find({ query: ' node streams ' });
  expect(result).toMatchObject({ query: 'node streams', count: 2, results: FOUND });
  expect(text).toBe(
    [
      'Found for "node streams":',
      '1. Stream | Node.js\n   https://nodejs.org/api/stream.html\n   A stream is an abstract interface.',
      '2. Second\n   https://example.com/2',
    ].join('\n\n'),
  );
  expect(asked.map(ASKED[name])).toEqual([expected]);
});

test('it lists no more than is wished for', async () => {
  const { find } = await engine('searxng');
  expect((await find({ query: 'x', max_results: 1 })).result).toMatchObject({ count: 1 });
});

test('nothing found is said', async () => {
  const { find } = await engine('brave', { type: 'search', query: { original: 'x' } });
  expect((await find({ query: 'x' })).text).toBe('Nothing was found for "x".');
});

test.each([
  ['searxng', 403, 'search.formats'],
  ['brave', 422, 'key is not accepted'],
  ['tavily', 432, 'quota is used up'],
  ['tavily', 500, 'status 500'],
] as const)('%s with status %i fails and says why, without the key', async (name, status, words) => {
  const { find } = await engine(name, { detail: { error: 'CANARY' } }, status);
  const error = await failureOf(find({ query: 'x' }));
  expect([error.code, error.message]).toEqual(['tool.failed', expect.stringContaining(words)]);
  expect(error.message).not.toContain('CANARY');
});

test.each(['searxng', 'brave', 'tavily'] as const)('%s with an answer of another kind fails', async (name) => {
  const { find } = await engine(name, { results: 'none' });
  expect((await failureOf(find({ query: 'x' }))).message).toContain('can’t be understood');
});

test('without an engine the tool says what to set', async () => {
  const tool = webSearch(SETTINGS, realService());
  const error = await failureOf(tool.run({ query: 'x' }, toolContext()));
  expect([error.code, error.status, error.message]).toEqual([
    'tool.unconfigured',
    503,
    expect.stringContaining('tools.webSearch.searxngUrl'),
  ]);
});
