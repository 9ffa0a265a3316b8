import { expect, test } from 'vitest';
import { knownModel } from './known-models.ts';

test.each([
  ['gpt-4o', 16_384, 'image'],
  ['gpt-4o-audio-preview', 16_384, 'audio'],
  ['gpt-5-mini', 128_000, 'file'],
  ['claude-3-haiku', 4096, 'image'],
  ['claude-sonnet-4-5', 64_000, 'file'],
  ['gemini-2.5-pro', 65_536, 'video'],
])('%s answers with up to %d tokens and takes %s', (name, outputTokensMax, modality) => {
  expect(knownModel(name)).toMatchObject({ outputTokensMax, input: expect.arrayContaining([modality]) });
});

test('what price lists don’t tell stands here', () => {
  expect(knownModel('gemini-2.0-flash').contextWindow).toBe(1_048_576);
  expect(knownModel('text-embedding-3-small')).toMatchObject({ output: ['embedding'] });
});

test('nothing is made up of a name that nobody knows', () => expect(knownModel('house-7b')).toEqual({}));
