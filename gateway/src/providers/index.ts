import { anthropic } from './anthropic.ts';
import { azureAi } from './azure-ai.ts';
import { azure } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import type { Provider } from './contract.ts';
import { gemini } from './gemini.ts';
import { jina } from './jina.ts';
import { litellmProxy } from './litellm-proxy.ts';
import { ollama } from './ollama.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openaiHosts } from './openai-hosts.ts';
import { openai } from './openai.ts';
import { synthlang } from './synthlang.ts';
import { vertexAi } from './vertex-ai.ts';
import { voyage } from './voyage.ts';

/** Every provider there is. The docs and the suites read the same list. */
export const providers: readonly Provider[] = [
  openai,
  anthropic,
  gemini,
  vertexAi,
  bedrock,
  azure,
  azureAi,
  cohere,
  ollama,
  openaiCompatible,
  litellmProxy,
  jina,
  voyage,
  ...openaiHosts,
  synthlang,
];
