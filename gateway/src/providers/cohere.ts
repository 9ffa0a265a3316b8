import { cohereChat as dialect } from '../dialects/cohere-chat/cohere-chat.ts';
import { bearer, type HttpProvider } from './contract.ts';

/** Cohere: chats, embeddings and reranking. */
export const cohere: HttpProvider = {
  kind: 'http',
  id: 'cohere',
  docs: 'https://docs.cohere.com/reference/chat',
  prefixes: ['cohere_chat'],
  baseUrl: 'https://api.cohere.com',
  baseUrlEnv: ['COHERE_API_BASE', 'CO_API_URL'],
  keyEnv: ['COHERE_API_KEY', 'CO_API_KEY'],
  headers: bearer,
  priceList: 'cohere',
  chat: [{ dialect, path: '/v2/chat' }],
  operations: {
    embeddings: { path: '/v2/embed', form: 'cohere-v2', inputsMax: 96 },
    rerank: { path: '/v2/rerank' },
  },
  knows: [
    /^command(?:$|-)/,
    /^c4ai-aya-/,
    /^embed-(?:v\d|english-|multilingual-)/,
    /^rerank-(?:v\d|english-|multilingual-)/,
  ],
  // What its API calls a token on its list of forbidden ones.
  errors: { 498: 'upstream.content-policy' },
};
