import { z } from 'zod';
import { type Tool, toolOf } from '../contract.ts';
import { type PageReading, readPage } from '../read-page.ts';

const URL_CHARACTERS_MAX = 4096;

/** Reads a page of the public internet. Without a way to fetch pages it says what to switch on. */
export function fetchUrl(reading: PageReading | undefined): Tool {
  return toolOf({
    name: 'fetch_url',
    description: 'Fetches a public web page and gives its text.',
    parameters: z.strictObject({
      url: z.string().min(1).max(URL_CHARACTERS_MAX).describe('An http:// or https:// address.'),
    }),
    mainParameter: 'url',
    missing: reading ? undefined : 'switch on tools.pages.enabled',
    run: async ({ url }, { cancellation }) => {
      if (!reading) throw new Error('Without a way to fetch the tool is not run.');
      const page = await readPage(url, reading, cancellation);
      const heading = [page.title === '' ? [] : [page.title], [page.url]].flat().join('\n');
      const end = page.isCut ? '\n\n[The page goes on.]' : '';
      return {
        result: { url: page.url, title: page.title, text: page.text, truncated: page.isCut },
        text: `${heading}\n\n${page.text}${end}`,
      };
    },
  });
}
