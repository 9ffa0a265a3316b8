import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { langchainCases } from '../langchain-cases.mjs';

export function cases({ url, key, model }) {
  const options = { apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } };
  return langchainCases({
    model: new ChatOpenAI({ ...options, model, streamUsage: true }),
    embedder: new OpenAIEmbeddings({ ...options, model: 'embedder' }),
    method: 'functionCalling',
  });
}
