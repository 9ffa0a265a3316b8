import { expect, test } from 'vitest';
import { compressors } from '../compressors/index.ts';
import type { ChatRequest } from '../model/request.ts';
import { tokenCounter } from '../tokens/count.ts';
import { requestSaving } from './saved-request.ts';

const save = requestSaving({ compressors, counterFor: tokenCounter });
const rows = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, name: `name ${id}`, kind: 'a kind' })));

function answering(...texts: readonly string[]): ChatRequest {
  const messages = texts.map((text, at) => ({
    role: 'tool' as const,
    content: [{ type: 'tool-result' as const, callId: `c${at}`, content: [{ type: 'text' as const, text }] }],
  }));
  return { model: 'm', messages, stream: false, usageWanted: false };
}

test('it counts all texts, also those that stay', async () => {
  const { count } = await tokenCounter('gpt-4o');
  const { originalTokens, compressedTokens } = await save(answering(rows, 'A short text.'), 'gpt-4o', 'medium');
  expect(originalTokens).toBe(count(rows) + count('A short text.'));
  expect(compressedTokens).toBeLessThan(originalTokens);
});

test.each([
  ['a table', rows, 'medium', 'exactly'],
  ['blanks between values', JSON.stringify(JSON.parse(rows), undefined, 2), 'low', 'same value'],
  ['what stays', 'A short text.', 'high', 'exactly'],
] as const)('of %s it says how it comes back', async (_, text, level, comesBack) => {
  expect(await save(answering(text), 'gpt-4o', level)).toMatchObject({ comesBack, isExact: true, tokenizer: 'o200k' });
});

test('the worst of all texts decides', async () => {
  const blanks = JSON.stringify(JSON.parse(rows), undefined, 2);
  expect(await save(answering(rows, blanks, 'x'), 'gpt-4o', 'low')).toMatchObject({ comesBack: 'same value' });
});

test('each request is counted for itself', async () => {
  const first = await save(answering(rows), 'gpt-4o', 'medium');
  expect(await save(answering(rows), 'gpt-4o', 'medium')).toEqual(first);
  const twice = await save(answering(rows, rows), 'gpt-4o', 'medium');
  expect(twice.compressedTokens).toBeLessThan(2 * first.compressedTokens);
});
