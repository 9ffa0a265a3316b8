import { bearer, type HttpProvider } from './contract.ts';

/** Voyage AI: embeddings and reranking. */
export const voyage: HttpProvider = {
  kind: 'http',
  id: 'voyage',
  docs: 'https://docs.voyageai.com/reference/embeddings-api',
  baseUrl: 'https://api.voyageai.com/v1',
  baseUrlEnv: ['VOYAGE_API_BASE'],
  keyEnv: ['VOYAGE_API_KEY'],
  headers: bearer,
  priceList: 'voyageai',
  chat: [],
  operations: {
    embeddings: { path: '/embeddings', form: 'voyage-v1', inputsMax: 128 },
    rerank: { path: '/rerank', form: 'voyage-v1' },
  },
  knows: [/^voyage-/],
};
