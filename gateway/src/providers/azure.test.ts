import { expect, test } from 'vitest';
import { azureAi } from './azure-ai.ts';
import { azure } from './azure.ts';
import type { FieldValues, HttpProvider } from './contract.ts';

/** The paths at which a deployment is asked for a chat, a response and an embedding. */
function pathsOf({ chat, operations }: HttpProvider, fields: FieldValues): string[] {
  const endpoints = [...chat, ...(operations?.embeddings ? [operations.embeddings] : [])];
  return endpoints.map(({ path }) =>
    typeof path === 'string' ? path : path({ model: 'our gpt', stream: true, fields }),
  );
}

test.each([
  [{}, ['/openai/v1/chat/completions', '/openai/v1/responses', '/openai/v1/embeddings']],
  [{ apiVersion: 'v1' }, ['/openai/v1/chat/completions', '/openai/v1/responses', '/openai/v1/embeddings']],
  [
    { apiVersion: 'preview' },
    [
      '/openai/v1/chat/completions?api-version=preview',
      '/openai/v1/responses?api-version=preview',
      '/openai/v1/embeddings?api-version=preview',
    ],
  ],
  [
    { apiVersion: '2024-10-21' },
    [
      '/openai/deployments/our%20gpt/chat/completions?api-version=2024-10-21',
      '/openai/responses?api-version=2024-10-21',
      '/openai/deployments/our%20gpt/embeddings?api-version=2024-10-21',
    ],
  ],
])('with %j Azure is asked at the paths of that version', (fields, paths) => {
  expect(pathsOf(azure, fields)).toEqual(paths);
});

test('other makers’ models are asked with a version where the operator says one', () => {
  expect(pathsOf(azureAi, {})).toEqual(['/chat/completions', '/embeddings']);
  expect(pathsOf(azureAi, { apiVersion: '2024-05-01-preview' })[0]).toBe(
    '/chat/completions?api-version=2024-05-01-preview',
  );
});
