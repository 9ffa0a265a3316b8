import { z } from 'zod';
import type { TextFolder } from '../../model/text-folder.ts';
import { type Tool, toolOf } from '../contract.ts';
import { FileIndex, type FileIndexSettings, type Passage } from './file-index.ts';

/** Limits of a search. */
export interface FileSearchSettings extends FileIndexSettings {
  readonly resultsMax: number;
}

const QUERY_CHARACTERS_MAX = 300;
const RESULTS_MAX = 20;
const SNIPPET_CHARACTERS_MAX = 400;

/** Searches the texts of one folder. Without a folder it says which setting is missing. */
export function fileSearch(folder: TextFolder | undefined, settings: FileSearchSettings): Tool {
  const index = folder && new FileIndex(folder, settings);
  return toolOf({
    name: 'file_search',
    description: 'Searches the files of the operator’s folder and shows the places that fit best.',
    parameters: z.strictObject({
      query: z.string().trim().min(1).max(QUERY_CHARACTERS_MAX).describe('Words to look for.'),
      max_results: z.int().min(1).max(RESULTS_MAX).optional().describe('Most places to show.'),
    }),
    mainParameter: 'query',
    missing: index ? undefined : 'tools.fileSearch.folder names the folder to search',
    run: async ({ query, max_results: most = settings.resultsMax }, { nowMs }) => {
      if (!index) throw new Error('Without a folder the tool is not run.');
      const passages = await index.find(query, most, nowMs);
      const results = passages.map((passage) => ({ ...passage, text: snippet(passage, query) }));
      return {
        result: { query, results, count: results.length, files: index.fileCount },
        text: results.length === 0 ? `Nothing in the files fits "${query}".` : results.map(shown).join('\n\n'),
      };
    },
  });
}

function shown({ path, line, text }: Passage): string {
  return `${path}:${line}\n${text}`;
}

/** The part of a passage around the first word that was looked for. */
function snippet({ text }: Passage, query: string): string {
  if (text.length <= SNIPPET_CHARACTERS_MAX) return text.trim();
  const lower = text.toLowerCase();
  const places = query
    .toLowerCase()
    .split(/\s+/)
    .map((word) => lower.indexOf(word))
    .filter((at) => at >= 0);
  const middle = places.length === 0 ? 0 : Math.min(...places);
  const begin = Math.max(0, Math.min(middle - SNIPPET_CHARACTERS_MAX / 4, text.length - SNIPPET_CHARACTERS_MAX));
  const piece = text.slice(begin, begin + SNIPPET_CHARACTERS_MAX).trim();
  return `${begin > 0 ? '…' : ''}${piece}${begin + SNIPPET_CHARACTERS_MAX < text.length ? '…' : ''}`;
}
