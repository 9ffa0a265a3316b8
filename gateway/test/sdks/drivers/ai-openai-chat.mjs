import { createOpenAI } from '@ai-sdk/openai';
import { aiCases } from '../ai-cases.mjs';

export function cases({ url, key, model }) {
  const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
  return aiCases({ model: openai.chat(model), embedder: openai.embedding('embedder') });
}
