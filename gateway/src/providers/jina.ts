import { bearer, type HttpProvider } from './contract.ts';

/** Jina AI: embeddings and reranking. */
export const jina: HttpProvider = {
  kind: 'http',
  id: 'jina',
  docs: 'https://api.jina.ai/redoc',
  prefixes: ['jina_ai'],
  baseUrl: 'https://api.jina.ai/v1',
  baseUrlEnv: ['JINA_API_BASE', 'JINA_AI_API_BASE'],
  keyEnv: ['JINA_API_KEY', 'JINA_AI_API_KEY'],
  headers: bearer,
  chat: [],
  operations: { embeddings: { path: '/embeddings', inputsMax: 512 }, rerank: { path: '/rerank' } },
  knows: [/^jina-/],
};
