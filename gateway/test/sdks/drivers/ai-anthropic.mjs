import { createAnthropic } from '@ai-sdk/anthropic';
import { aiCases } from '../ai-cases.mjs';

export function cases({ url, key, model }) {
  return aiCases({ model: createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model) });
}
