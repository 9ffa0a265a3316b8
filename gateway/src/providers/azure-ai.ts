import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { bearer, type EndpointAsked, type HttpProvider } from './contract.ts';

/**
 * Models of other makers in Azure. The address ends with `/models` for the inference API of a resource, which wants a
 * version, and with `/openai/v1` or `/v1` elsewhere.
 * https://learn.microsoft.com/rest/api/aifoundry/modelinference/
 */
function at(what: string): (asked: EndpointAsked) => string {
  return ({ fields: { apiVersion } }) =>
    apiVersion === undefined ? `/${what}` : `/${what}?api-version=${encodeURIComponent(apiVersion)}`;
}

/** Models of other makers in Azure, and serverless deployments. */
export const azureAi: HttpProvider = {
  kind: 'http',
  id: 'azure_ai',
  docs: 'https://learn.microsoft.com/rest/api/aifoundry/modelinference/',
  baseUrlEnv: ['AZURE_AI_API_BASE'],
  keyEnv: ['AZURE_AI_API_KEY'],
  fields: {
    apiVersion: {
      env: ['AZURE_AI_API_VERSION'],
      description: 'Version of the inference API, e.g. `2024-05-01-preview`, where the address ends with `/models`.',
    },
  },
  // Resources take the one, serverless deployments the other.
  headers: (key) => (key === undefined ? {} : { 'api-key': key, ...bearer(key) }),
  chat: [{ dialect: openaiChat, path: at('chat/completions') }],
  operations: { embeddings: { path: at('embeddings') } },
};
