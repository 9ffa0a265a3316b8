import { ChatAnthropic } from '@langchain/anthropic';
import { langchainCases } from '../langchain-cases.mjs';

export function cases({ url, key, model }) {
  return langchainCases({
    model: new ChatAnthropic({ model, apiKey: key, maxRetries: 0, maxTokens: 100, anthropicApiUrl: url }),
    method: 'functionCalling',
  });
}
