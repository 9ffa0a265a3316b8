import { expect, test } from 'vitest';
import { usageOf } from './usage.ts';

const usage = { input_tokens: 1, output_tokens: 2 };
const search = { type: 'web_search_call', status: 'completed' };

test('searches of the web are counted, opening what was found isn’t', () => {
  const output = [
    search,
    { ...search, action: { type: 'search', query: 'q' } },
    { ...search, action: { type: 'open_page' } },
    { type: 'message', content: [] },
  ];
  expect(usageOf({ usage, output })).toMatchObject({ inputTokens: 1, outputTokens: 2, units: { webSearches: 2 } });
  expect(usageOf({ usage, output: [] })).not.toHaveProperty('units');
  expect(usageOf({ output: [search] })).toBeUndefined();
});
