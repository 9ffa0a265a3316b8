import { OpenAIResponsesModel } from '@openai/agents';
import { agentsCases, openaiOfAgents } from '../agents-cases.mjs';

const OpenAI = await openaiOfAgents();

export function cases({ url, key, model }) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  return agentsCases(new OpenAIResponsesModel(client, model));
}
