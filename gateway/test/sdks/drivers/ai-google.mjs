import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { aiCases } from '../ai-cases.mjs';

export function cases({ url, key, model }) {
  return aiCases({ model: createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key })(model) });
}
