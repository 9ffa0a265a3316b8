import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { aiCases } from '../ai-cases.mjs';

export function cases({ url, key, model }) {
  const options = { name: 'gateway', baseURL: `${url}/v1`, apiKey: key };
  const gateway = createOpenAICompatible({ ...options, includeUsage: true, supportsStructuredOutputs: true });
  return aiCases({ model: gateway(model), embedder: gateway.textEmbeddingModel('embedder') });
}
