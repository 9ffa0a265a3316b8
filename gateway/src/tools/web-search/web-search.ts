import { z } from 'zod';
import type { AskService } from '../service-asker.ts';
import { type Tool, toolOf } from '../contract.ts';
import { brave, searched, type SearchEngine, type SearchHit, searxng, tavily } from './engines.ts';

/** Which engine searches: the first one that is set. */
export interface WebSearchSettings {
  readonly searxngUrl?: string | undefined;
  readonly braveKey?: string | undefined;
  readonly braveUrl: string;
  readonly tavilyKey?: string | undefined;
  readonly tavilyUrl: string;
  readonly resultsMax: number;
}

const QUERY_CHARACTERS_MAX = 400;
const RESULTS_MAX = 20;
const SNIPPET_CHARACTERS_MAX = 500;
const MISSING = 'set tools.webSearch.searxngUrl, tools.webSearch.braveKey or tools.webSearch.tavilyKey';

/** Searches the web with SearXNG, Brave or Tavily. */
export function webSearch(settings: WebSearchSettings, ask: AskService): Tool {
  const engine = engineOf(settings);
  return toolOf({
    name: 'web_search',
    description: 'Searches the web and lists what it found.',
    parameters: z.strictObject({
      query: z.string().trim().min(1).max(QUERY_CHARACTERS_MAX).describe('What to search for.'),
      max_results: z.int().min(1).max(RESULTS_MAX).optional().describe('Most results to list.'),
    }),
    mainParameter: 'query',
    missing: engine ? undefined : MISSING,
    run: async ({ query, max_results: resultsMax = settings.resultsMax }, { cancellation }) => {
      if (!engine) throw new Error('Without an engine the tool is not run.');
      const hits = await searched(engine, { query, resultsMax }, { ask, cancellation });
      const results = hits.map(plainHit);
      return { result: { query, results, count: results.length, engine: engine.name }, text: listText(query, results) };
    },
  });
}

function engineOf(settings: WebSearchSettings): SearchEngine | undefined {
  const { searxngUrl, braveKey, braveUrl, tavilyKey, tavilyUrl } = settings;
  if (searxngUrl !== undefined) return searxng(searxngUrl);
  if (braveKey !== undefined) return brave(braveUrl, braveKey);
  return tavilyKey === undefined ? undefined : tavily(tavilyUrl, tavilyKey);
}

/** Engines mark words that were searched for, and break lines as their pages do. */
function plainHit({ title, url, snippet }: SearchHit): SearchHit {
  return { title: plain(title), url, snippet: plain(snippet).slice(0, SNIPPET_CHARACTERS_MAX) };
}

function plain(text: string): string {
  return text
    .replaceAll(/<\/?(?:strong|b|em)>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function listText(query: string, hits: readonly SearchHit[]): string {
  if (hits.length === 0) return `Nothing was found for "${query}".`;
  const items = hits.map(({ title, url, snippet }, at) =>
    [`${at + 1}. ${title}`, url, snippet].filter(Boolean).join('\n   '),
  );
  return [`Found for "${query}":`, ...items].join('\n\n');
}
