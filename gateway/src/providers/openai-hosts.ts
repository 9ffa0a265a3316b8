import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { bearer, type Endpoint, type HttpProvider, type Operations } from './contract.ts';

/** What is particular about a host that speaks OpenAI's chat API. */
interface OpenaiHost extends Partial<Omit<HttpProvider, 'kind' | 'id' | 'docs' | 'chat'>> {
  readonly id: string;
  readonly docs: string;
  /** Top-level fields that it is documented not to take. */
  readonly lacks?: readonly string[];
  readonly rules?: Endpoint['rules'];
  /** It has the older text completions as well. */
  readonly completes?: boolean;
  /** It has embeddings, in OpenAI's form. */
  readonly embeds?: boolean;
}

/** Says usage in its streams unasked, and refuses to be asked. */
const UNASKED_USAGE = 'stream_options';

/** Hosts that many ask, some of them with particulars. */
const WELL_KNOWN: readonly OpenaiHost[] = [
  {
    id: 'groq',
    docs: 'https://console.groq.com/docs/openai',
    baseUrl: 'https://api.groq.com/openai/v1',
    priceList: 'groq',
    lacks: ['logprobs', 'top_logprobs', 'logit_bias'],
  },
  {
    id: 'mistral',
    docs: 'https://docs.mistral.ai/api/endpoint/chat',
    baseUrl: 'https://api.mistral.ai/v1',
    priceList: 'mistral',
    lacks: [UNASKED_USAGE, 'logit_bias', 'logprobs', 'top_logprobs', 'user', 'service_tier'],
    rules: [{ renames: { max_completion_tokens: 'max_tokens', seed: 'random_seed' } }],
    embeds: true,
    models: ['mistral-large-latest', 'mistral-medium-latest', 'mistral-small-latest'],
    knows: [/^(mistral|ministral|magistral|devstral|pixtral)-[a-z0-9-]{1,60}-latest$/],
  },
  {
    id: 'codestral',
    docs: 'https://docs.mistral.ai/capabilities/code_generation/',
    baseUrl: 'https://codestral.mistral.ai/v1',
    priceList: 'mistral',
    lacks: [UNASKED_USAGE],
  },
  {
    id: 'deepseek',
    docs: 'https://api-docs.deepseek.com/',
    baseUrl: 'https://api.deepseek.com/beta',
    priceList: 'deepseek',
    rules: [{ renames: { max_completion_tokens: 'max_tokens' } }],
    models: ['deepseek-chat', 'deepseek-reasoner'],
    knows: [/^deepseek-(chat|reasoner)$/],
  },
  {
    id: 'xai',
    docs: 'https://docs.x.ai/docs/api-reference',
    baseUrl: 'https://api.x.ai/v1',
    priceList: 'x-ai',
    models: ['grok-4', 'grok-3', 'grok-3-mini'],
    knows: [/^grok-/],
  },
  {
    id: 'openrouter',
    docs: 'https://openrouter.ai/docs/api-reference/overview',
    baseUrl: 'https://openrouter.ai/api/v1',
    priceList: 'openrouter',
    completes: true,
    fields: {
      siteUrl: { env: ['OR_SITE_URL'], description: 'Your site’s address, for OpenRouter’s rankings.' },
      appName: { env: ['OR_APP_NAME'], description: 'Your program’s name, for OpenRouter’s rankings.' },
    },
    headers: (key, { siteUrl, appName }) => ({
      ...bearer(key),
      ...(siteUrl === undefined ? {} : { 'http-referer': siteUrl }),
      ...(appName === undefined ? {} : { 'x-title': appName }),
    }),
  },
  {
    id: 'perplexity',
    docs: 'https://docs.perplexity.ai/api-reference/chat-completions-post',
    baseUrl: 'https://api.perplexity.ai',
    keyEnv: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
    priceList: 'perplexity',
    models: ['sonar', 'sonar-pro', 'sonar-reasoning-pro'],
    knows: [/^sonar(-|$)/],
  },
  {
    id: 'together_ai',
    docs: 'https://docs.together.ai/docs/openai-api-compatibility',
    baseUrl: 'https://api.together.xyz/v1',
    keyEnv: ['TOGETHERAI_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHER_AI_TOKEN'],
    priceList: 'together',
    completes: true,
    embeds: true,
  },
  {
    id: 'fireworks_ai',
    docs: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyEnv: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY', 'FIREWORKS_AI_TOKEN'],
    priceList: 'fireworks',
    completes: true,
    embeds: true,
  },
  {
    id: 'cerebras',
    docs: 'https://inference-docs.cerebras.ai/resources/openai',
    baseUrl: 'https://api.cerebras.ai/v1',
    priceList: 'cerebras',
    lacks: ['frequency_penalty', 'presence_penalty', 'logit_bias'],
  },
  {
    id: 'moonshot',
    docs: 'https://platform.moonshot.ai/docs/api/chat',
    baseUrl: 'https://api.moonshot.ai/v1',
    priceList: 'moonshotai',
    knows: [/^(kimi|moonshot)-/],
  },
  {
    id: 'zai',
    docs: 'https://docs.z.ai/api-reference/llm/chat-completion',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    priceList: 'zai',
    knows: [/^glm-/],
  },
  {
    id: 'huggingface',
    docs: 'https://huggingface.co/docs/inference-providers/index',
    baseUrl: 'https://router.huggingface.co/v1',
    keyEnv: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
  },
  {
    id: 'cloudflare',
    docs: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
    baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{accountId}/ai/v1',
    fields: { accountId: { env: ['CLOUDFLARE_ACCOUNT_ID'], description: 'Your account at Cloudflare.' } },
    embeds: true,
  },
  {
    id: 'databricks',
    docs: 'https://docs.databricks.com/aws/en/machine-learning/model-serving/score-foundation-models',
    embeds: true,
  },
  {
    id: 'snowflake',
    docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/open_ai_sdk',
    keyEnv: ['SNOWFLAKE_JWT'],
  },
  {
    id: 'friendliai',
    docs: 'https://friendli.ai/docs/guides/serverless_endpoints/openai-compatibility',
    baseUrl: 'https://api.friendli.ai/serverless/v1',
    baseUrlEnv: ['FRIENDLI_API_BASE'],
    keyEnv: ['FRIENDLIAI_API_KEY', 'FRIENDLI_TOKEN'],
  },
  {
    id: 'meta_llama',
    docs: 'https://llama.developer.meta.com/docs/features/compatibility/',
    baseUrl: 'https://api.llama.com/compat/v1',
    baseUrlEnv: ['LLAMA_API_BASE'],
    keyEnv: ['LLAMA_API_KEY'],
  },
  {
    id: 'ai21_chat',
    docs: 'https://docs.ai21.com/reference/jamba-1-6-api-ref',
    baseUrl: 'https://api.ai21.com/studio/v1',
    baseUrlEnv: ['AI21_API_BASE'],
    keyEnv: ['AI21_API_KEY'],
    prefixes: ['ai21'],
  },
  {
    id: 'volcengine',
    docs: 'https://www.volcengine.com/docs/82379/1298454',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    keyEnv: ['VOLCENGINE_API_KEY', 'ARK_API_KEY'],
  },
  {
    id: 'scaleway',
    docs: 'https://www.scaleway.com/en/docs/generative-apis/api-cli/using-generative-apis/',
    baseUrl: 'https://api.scaleway.ai/v1',
    keyEnv: ['SCW_SECRET_KEY', 'SCALEWAY_API_KEY'],
    embeds: true,
  },
];

/** Those about which there is nothing else to say: prefix, address, documentation. */
const PLAIN: readonly (readonly [id: string, baseUrl: string, docs: string])[] = [
  ['nvidia_nim', 'https://integrate.api.nvidia.com/v1', 'https://docs.api.nvidia.com/nim/reference/llm-apis'],
  ['sambanova', 'https://api.sambanova.ai/v1', 'https://docs.sambanova.ai/docs/en/features/openai-compatibility'],
  ['deepinfra', 'https://api.deepinfra.com/v1/openai', 'https://deepinfra.com/docs/openai_api'],
  ['github', 'https://models.inference.ai.azure.com', 'https://docs.github.com/en/github-models'],
  [
    'dashscope',
    'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    'https://www.alibabacloud.com/help/en/model-studio/',
  ],
  ['minimax', 'https://api.minimax.io/v1', 'https://platform.minimax.io/docs/api-reference/text-openai-api'],
  ['vercel_ai_gateway', 'https://ai-gateway.vercel.sh/v1', 'https://vercel.com/docs/ai-gateway/openai-compat'],
  ['nebius', 'https://api.studio.nebius.ai/v1', 'https://docs.nebius.com/studio/inference/api'],
  ['hyperbolic', 'https://api.hyperbolic.xyz/v1', 'https://docs.hyperbolic.xyz/docs/rest-api'],
  ['lambda_ai', 'https://api.lambda.ai/v1', 'https://docs.lambda.ai/public-cloud/lambda-inference-api/'],
  ['novita', 'https://api.novita.ai/v3/openai', 'https://novita.ai/docs/guides/llm-api'],
  ['featherless_ai', 'https://api.featherless.ai/v1', 'https://featherless.ai/docs/api-overview-and-common-options'],
  ['nscale', 'https://inference.api.nscale.com/v1', 'https://docs.nscale.com/docs/inference/chat'],
  ['baseten', 'https://inference.baseten.co/v1', 'https://docs.baseten.co/development/model-apis/overview'],
  ['chutes', 'https://llm.chutes.ai/v1', 'https://chutes.ai/docs'],
  ['gmi', 'https://api.gmi-serving.com/v1', 'https://docs.gmicloud.ai/'],
  [
    'ovhcloud',
    'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
    'https://www.ovhcloud.com/en/public-cloud/ai-endpoints/',
  ],
  ['wandb', 'https://api.inference.wandb.ai/v1', 'https://docs.wandb.ai/guides/inference/'],
  ['v0', 'https://api.v0.dev/v1', 'https://v0.app/docs/api/model'],
  ['morph', 'https://api.morphllm.com/v1', 'https://docs.morphllm.com/'],
  ['galadriel', 'https://api.galadriel.com/v1', 'https://docs.galadriel.com/'],
  ['empower', 'https://app.empower.dev/api/v1', 'https://docs.empower.dev/'],
  ['poe', 'https://api.poe.com/v1', 'https://creator.poe.com/docs/external-applications/openai-compatible-api'],
  ['synthetic', 'https://api.synthetic.new/openai/v1', 'https://dev.synthetic.new/docs/api/overview'],
  ['aiml', 'https://api.aimlapi.com/v1', 'https://docs.aimlapi.com/'],
  ['nano-gpt', 'https://nano-gpt.com/api/v1', 'https://docs.nano-gpt.com/'],
];

/** Servers on machines of one's own: no key unless they were given one. */
const SELF_HOSTED: readonly OpenaiHost[] = [
  {
    id: 'hosted_vllm',
    docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
    prefixes: ['vllm'],
    local: { name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', list: '/models', ownedBy: 'vllm' },
  },
  {
    id: 'lm_studio',
    docs: 'https://lmstudio.ai/docs/api/openai-api',
    baseUrl: 'http://localhost:1234/v1',
    local: { name: 'LM Studio', baseUrl: 'http://localhost:1234/v1', list: '/models' },
  },
  {
    id: 'llamafile',
    docs: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    prefixes: ['llama_cpp'],
    local: {
      name: 'llama.cpp',
      baseUrl: 'http://127.0.0.1:8080/v1',
      list: '/models',
      ownedBy: 'llamacpp',
    },
  },
  { id: 'xinference', docs: 'https://inference.readthedocs.io/en/latest/', baseUrl: 'http://127.0.0.1:9997/v1' },
  {
    id: 'docker_model_runner',
    docs: 'https://docs.docker.com/ai/model-runner/api-reference/',
    baseUrl: 'http://localhost:12434/engines/llama.cpp/v1',
  },
];

/** Hosts that speak OpenAI's chat API, each with the prefix and the environment names that LiteLLM gives it. */
export const openaiHosts: readonly HttpProvider[] = [
  ...WELL_KNOWN,
  ...PLAIN.map(([id, baseUrl, docs]): OpenaiHost => ({ id, baseUrl, docs })),
  ...SELF_HOSTED.map((host): OpenaiHost => ({ ...host, keyOptional: true, completes: true, embeds: true })),
].map(openaiHost);

/** A provider of that kind. Unless it says otherwise, `ACME_API_KEY` has its key and `ACME_API_BASE` another address. */
function openaiHost(host: OpenaiHost): HttpProvider {
  const { lacks, rules, completes, embeds, operations, ...rest } = host;
  const name = host.id.toUpperCase().replaceAll('-', '_');
  const quirks = { ...(lacks ? { lacks } : {}), ...(rules ? { rules } : {}) };
  const chat: Endpoint = { dialect: openaiChat, path: '/chat/completions', ...quirks };
  const all: Operations = { ...(embeds ? { embeddings: { path: '/embeddings' } } : {}), ...operations };
  return {
    kind: 'http',
    baseUrlEnv: [`${name}_API_BASE`],
    keyEnv: [`${name}_API_KEY`],
    headers: bearer,
    ...rest,
    chat: completes ? [chat, { dialect: openaiCompletions, path: '/completions' }] : [chat],
    ...(Object.keys(all).length > 0 ? { operations: all } : {}),
  };
}
