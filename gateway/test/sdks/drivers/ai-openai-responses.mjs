import { createOpenAI } from '@ai-sdk/openai';
import { aiCases } from '../ai-cases.mjs';

export function cases({ url, key, model }) {
  return aiCases({ model: createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).responses(model) });
}
