import { z } from 'zod';
import { type AskService, notUnderstood, type ServiceRequest, serviceUrl } from '../service-asker.ts';
import type { Cancellation } from '../../model/cancellation.ts';

/** One page that a search found. */
export interface SearchHit {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
}

/** A search engine: how it is asked, and how its answer is read. */
export interface SearchEngine {
  readonly name: string;
  readonly request: (query: string, resultsMax: number) => ServiceRequest;
  /** `undefined` when the answer isn't in this engine's format. */
  readonly read: (answer: unknown) => readonly SearchHit[] | undefined;
}

/** A metasearch engine of one's own. https://docs.searxng.org/dev/search_api.html */
export function searxng(url: string): SearchEngine {
  const Answer = z.object({
    results: z.array(z.object({ title: z.string(), url: z.string(), content: z.string().nullish() })),
  });
  return {
    name: 'SearXNG',
    request: (query) => ({
      service: 'SearXNG',
      url: serviceUrl(url, '/search', { q: query, format: 'json' }),
      meanings: { 403: 'its settings.yml must list json under search.formats' },
    }),
    read: (answer) =>
      Answer.safeParse(answer).data?.results.map((result) => ({
        title: result.title,
        url: result.url,
        snippet: result.content ?? '',
      })),
  };
}

/** https://api-dashboard.search.brave.com/api-reference/web/search/get */
export function brave(url: string, key: string): SearchEngine {
  const QUERY_CHARACTERS_MAX = 400;
  const RESULTS_MAX = 20;
  const Answer = z.object({
    type: z.literal('search'),
    web: z
      .object({ results: z.array(z.object({ title: z.string(), url: z.string(), description: z.string().nullish() })) })
      .optional(),
  });
  return {
    name: 'Brave Search',
    request: (query, resultsMax) => ({
      service: 'Brave Search',
      url: serviceUrl(url, '/res/v1/web/search', {
        q: query.slice(0, QUERY_CHARACTERS_MAX),
        count: String(Math.min(resultsMax, RESULTS_MAX)),
        text_decorations: 'false',
      }),
      headers: { 'x-subscription-token': key },
      meanings: { 401: 'its key is not accepted', 422: 'its key is not accepted', 429: 'its quota is used up' },
    }),
    read: (answer) => {
      const read = Answer.safeParse(answer);
      if (!read.success) return undefined;
      return (read.data.web?.results ?? []).map((result) => ({
        title: result.title,
        url: result.url,
        snippet: result.description ?? '',
      }));
    },
  };
}

/** https://docs.tavily.com/documentation/api-reference/endpoint/search */
export function tavily(url: string, key: string): SearchEngine {
  const RESULTS_MAX = 20;
  const Answer = z.object({
    results: z.array(z.object({ title: z.string(), url: z.string(), content: z.string() })),
  });
  return {
    name: 'Tavily',
    request: (query, resultsMax) => ({
      service: 'Tavily',
      url: serviceUrl(url, '/search'),
      headers: { authorization: `Bearer ${key}` },
      body: { query, max_results: Math.min(resultsMax, RESULTS_MAX), search_depth: 'basic' },
      meanings: { 401: 'its key is not accepted', 429: 'its rate limit is reached', 432: 'its quota is used up' },
    }),
    read: (answer) =>
      Answer.safeParse(answer).data?.results.map((result) => ({
        title: result.title,
        url: result.url,
        snippet: result.content,
      })),
  };
}

/** Searches with one engine. Throws `tool.failed`. */
export async function searched(
  engine: SearchEngine,
  { query, resultsMax }: { readonly query: string; readonly resultsMax: number },
  { ask, cancellation }: { readonly ask: AskService; readonly cancellation: Cancellation },
): Promise<readonly SearchHit[]> {
  const hits = engine.read(await ask(engine.request(query, resultsMax), cancellation));
  if (!hits) throw notUnderstood(engine.name);
  return hits.slice(0, resultsMax);
}
