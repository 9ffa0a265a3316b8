import { z } from 'zod';
import { address, milliseconds, modelName, secret, whole } from './fields.ts';

const MEBIBYTE = 1_048_576;
const role = z.enum(['admin', 'premium', 'basic']);
const toolName = () => z.string().min(1).max(64);

const weather = z.strictObject({
  geocodingUrl: address()
    .default('https://geocoding-api.open-meteo.com')
    .describe('Address of Open-Meteo’s geocoding service.'),
  forecastUrl: address().default('https://api.open-meteo.com').describe('Address of Open-Meteo’s forecast service.'),
  key: secret().optional().describe('Key for Open-Meteo’s commercial addresses.'),
  units: z
    .enum(['metric', 'imperial'])
    .default('metric')
    .describe('Units of the answer, unless it is asked for others.'),
});

const webSearch = z.strictObject({
  searxngUrl: address().optional().describe('Address of a SearXNG server that has `json` among its formats.'),
  braveKey: secret().optional().describe('Key of the Brave Search API; used when there is no SearXNG.'),
  braveUrl: address().default('https://api.search.brave.com').describe('Address of the Brave Search API.'),
  tavilyKey: secret().optional().describe('Key of the Tavily API; used when there is neither of the others.'),
  tavilyUrl: address().default('https://api.tavily.com').describe('Address of the Tavily API.'),
  resultsMax: whole(5, { min: 1, max: 20 }).describe('Most results of one search, unless it is asked for others.'),
});

const pages = z.strictObject({
  enabled: z.boolean().default(false).describe('Let callers have pages of the public internet fetched.'),
  allowedHosts: z
    .array(z.string().min(1).max(255))
    .max(1000)
    .default([])
    .describe('Hosts (`wiki.example`, `127.0.0.1:8080`) that are fetched though they aren’t public.'),
  ports: z.array(z.number().int().min(1).max(65_535)).max(100).default([80, 443]).describe('Ports of all other hosts.'),
  redirectsMax: whole(5, { min: 0, max: 20 }).describe('Most redirects that are followed.'),
  bytesMax: whole(2 * MEBIBYTE, { min: 1024, max: 64 * MEBIBYTE }).describe('How much of a page is read.'),
  charactersMax: whole(20_000, { min: 100, max: 1_000_000 }).describe('How much of a page’s text is given.'),
});

const fileSearch = z.strictObject({
  folder: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Folder whose texts may be searched; absent switches it off.'),
  filesMax: whole(10_000, { min: 1, max: 1_000_000 }).describe('Most files that are indexed.'),
  fileBytesMax: whole(MEBIBYTE / 2, { min: 1, max: 16 * MEBIBYTE }).describe('Larger files are left out.'),
  totalBytesMax: whole(32 * MEBIBYTE, { min: 1, max: 1024 * MEBIBYTE }).describe('Most text that is indexed.'),
  refreshMs: milliseconds(10_000, { min: 0 }).describe('Time after which the folder is looked at again.'),
  resultsMax: whole(5, { min: 1, max: 20 }).describe('Most places of one search, unless it is asked for others.'),
});

/** The gateway's own tools. */
export const tools = z.strictObject({
  off: z.array(toolName()).max(1000).default([]).describe('Names of tools that nobody may use.'),
  roles: z.record(toolName(), role).default({}).describe('The least role for a tool: tool name to role.'),
  timeoutMs: milliseconds(15_000).describe('Longest time one call of a tool may take.'),
  serviceBytesMax: whole(MEBIBYTE, { min: 1024, max: 64 * MEBIBYTE }).describe(
    'Longest answer of a service behind a tool.',
  ),
  summaryModel: modelName().optional().describe('The model that writes summaries; absent switches them off.'),
  weather: weather.prefault({}).describe('Where the weather comes from.'),
  webSearch: webSearch.prefault({}).describe('Which engine searches the web.'),
  pages: pages.prefault({}).describe('Reading pages that callers name.'),
  fileSearch: fileSearch.prefault({}).describe('Searching a folder.'),
});

/** How messages are searched for tools. */
export const keywords = z.strictObject({
  directives: z
    .boolean()
    .default(true)
    .describe('Heed messages that begin with a tool’s name (`#calculator 15% of 85.50`) or with `/model NAME`.'),
  detection: z
    .boolean()
    .optional()
    .describe('Search messages for keyword patterns; absent means what the file says, else no.'),
  detectionThreshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Least share of a message that a pattern must cover; absent means what the file says, else 0.7.'),
  file: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('A `keywords.toml`; absent means the patterns that come along.'),
  patternsMax: whole(200, { min: 0, max: 10_000 }).describe('Most patterns.'),
  patternCharactersMax: whole(1000, { min: 1, max: 10_000 }).describe('Longest pattern.'),
  textCharactersMax: whole(2000, { min: 1, max: 100_000 }).describe('Longer messages are not searched for patterns.'),
  matchMs: milliseconds(50).describe('Time after which no further pattern is tried on a message.'),
});
