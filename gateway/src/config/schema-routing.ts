import { z } from 'zod';
import { CAPABILITIES, MODALITIES } from '../model/model-facts.ts';
import { STRATEGY_NAMES } from '../model/strategy-name.ts';
import {
  address,
  headers,
  milliseconds,
  modelName,
  optionalMilliseconds,
  regionName,
  secret,
  whole,
} from './fields.ts';

/** Values may be secrets, so all of them are treated as such. */
const fields = () => z.record(z.string().min(1).max(64), secret());

const provider = z.strictObject({
  key: secret().optional().describe('API key; absent means the provider’s own environment name is looked up.'),
  baseUrl: address().optional().describe('Address to use instead of the provider’s own.'),
  headers: headers().optional().describe('Headers to send along with every request.'),
  fields: fields().optional().describe('What else the provider needs to know, e.g. `region`; its page names them.'),
  enabled: z.boolean().default(true).describe('`false` takes the provider out of use.'),
});

/** Keys and addresses of providers, by provider id. */
export const providers = z.record(z.string().min(1).max(64), provider).default({});

const parameterNames = () => z.array(z.string().min(1).max(256)).max(50).optional();

/** Dollars per token. */
const costPerToken = () => z.number().min(0).max(1).optional();

/** Dollars for one of something. */
const cost = () => z.number().min(0).max(10_000);
const costPerUnit = () => cost().optional();

const tokens = () => z.number().int().min(1).max(1_000_000_000).optional();
const modalities = () => z.array(z.enum(MODALITIES)).optional();

const info = z.strictObject({
  contextWindow: tokens().describe('Most tokens of a conversation.'),
  outputTokensMax: tokens().describe('Most tokens of one answer.'),
  input: modalities().describe('What it takes.'),
  output: modalities().describe('What it gives.'),
  capabilities: z.array(z.enum(CAPABILITIES)).optional().describe('What it can do.'),
});

const tagNames = () => z.array(z.string().min(1).max(128)).max(100).optional();
const perMinute = () => z.number().int().min(1).max(1_000_000_000).optional();
const retries = () => z.number().int().min(0).max(20).optional();

const model = z
  .strictObject({
    id: z.string().min(1).max(128).optional().describe('Names this target in records; absent means `provider/model`.'),
    name: modelName().describe('What callers ask for; `*` stands for any text.'),
    target: modelName()
      .meta({ reference: true })
      .describe('Who answers: `provider/model`; a `*` takes what the name’s `*` stood for.'),
    baseModel: modelName()
      .optional()
      .describe(
        'The model behind it, where its name doesn’t tell (a deployment in Azure): for prices, facts and parameters.',
      ),
    key: secret().optional().describe('API key for this target only.'),
    apiBase: address().optional().describe('Address for this target only.'),
    headers: headers().optional().describe('Headers to send to this target only.'),
    fields: fields().optional().describe('Fields of the provider, for this target only.'),
    weight: z.number().min(0).max(1_000_000).default(1).describe('Share of the requests within its group.'),
    timeoutMs: optionalMilliseconds().describe('Total time of one attempt; absent means `upstream.totalTimeoutMs`.'),
    firstOutputTimeoutMs: optionalMilliseconds().describe(
      'Time to the first output; absent means `upstream.firstOutputTimeoutMs`.',
    ),
    retriesMax: z
      .number()
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe('Retries of this target; absent means `routing.retriesMax`.'),
    dropParams: z
      .boolean()
      .optional()
      .describe('Drop what this target lacks, with a notice; absent means `routing.dropParams`.'),
    additionalDropParams: parameterNames().describe(
      'Parameters never sent to this target: names, or paths such as `tools[*].input_examples`.',
    ),
    allowedOpenaiParams: parameterNames().describe(
      'Parameters sent to this target, though it is thought to lack them.',
    ),
    inputCostPerToken: costPerToken().describe(
      'What a token of input costs, in dollars; the price list has no say then.',
    ),
    outputCostPerToken: costPerToken().describe('What a token of output costs, in dollars.'),
    cacheReadCostPerToken: costPerToken().describe('What a token read from the provider’s cache costs, in dollars.'),
    cacheWriteCostPerToken: costPerToken().describe('What a token written to the provider’s cache costs, in dollars.'),
    audioInputCostPerToken: costPerToken().describe('What a token of sound that is heard costs, in dollars.'),
    audioOutputCostPerToken: costPerToken().describe('What a token of sound that is spoken costs, in dollars.'),
    costPerImage: costPerUnit().describe('What a picture that is made costs, in dollars.'),
    imageCosts: z
      .record(z.string().regex(/^[\w.-]{1,32}(\/[\w.-]{1,32})?$/, 'must be a size, a quality, or quality/size'), cost())
      .optional()
      .describe('The same for pictures of one size (`1024x1024`), quality (`hd`) or both (`hd/1024x1024`).'),
    costPerSecond: costPerUnit().describe('What a second of sound that is transcribed costs, in dollars.'),
    costPerCharacter: costPerUnit().describe('What a character that is spoken costs, in dollars.'),
    costPerSearch: costPerUnit().describe('What a unit of searching costs, as rerankers count it, in dollars.'),
    costPerWebSearch: costPerUnit().describe('What a search of the web by the model costs, in dollars.'),
    batchInputCostPerToken: costPerToken().describe('What a token of input costs in a batch, in dollars.'),
    batchOutputCostPerToken: costPerToken().describe('What a token of output costs in a batch, in dollars.'),
    info: info.optional().describe('What is listed of the model, instead of what is known of it.'),
    order: z.number().int().min(0).max(1_000_000).optional().describe('Within a group, lower ones are asked first.'),
    tags: tagNames().describe('With `routing.tagFiltering`: tags of the requests that this target is for.'),
    silentModel: modelName()
      .optional()
      .describe('A model that hears a copy of each chat; its answers reach records alone.'),
    region: regionName()
      .optional()
      .describe('Where it stands, e.g. `eu` or `us-east-1`; absent means its field `region` or `location`.'),
    requestsPerMinute: perMinute().describe('Requests that it takes in a minute; beyond that others are asked first.'),
    tokensPerMinute: perMinute().describe('Tokens that it takes in a minute; beyond that others are asked first.'),
  })
  .refine(
    ({ batchInputCostPerToken: input, batchOutputCostPerToken: output }) =>
      (input === undefined) === (output === undefined),
    {
      path: ['batchInputCostPerToken'],
      error: 'and batchOutputCostPerToken must be given together',
    },
  );

/** Model names that callers may ask for. */
export const models = z.array(model).max(10_000).default([]);

const fallbackLists = () => z.record(modelName(), z.array(modelName()).max(100)).default({});

const retryPolicy = z
  .strictObject({
    badRequest: retries().describe('After a refusal of the request.'),
    authentication: retries().describe('After a refusal of the key.'),
    timeout: retries().describe('After a time that ran out.'),
    rateLimit: retries().describe('After a rate limit.'),
    contentPolicy: retries().describe('After a content policy’s refusal.'),
    internalServerError: retries().describe('After a failure of the provider.'),
  })
  .default({});

const breaker = z.strictObject({
  enabled: z.boolean().default(true).describe('`false` asks every target each time, however it does.'),
  failuresMax: whole(5, { min: 1, max: 1000 }).describe('So many failures in a row are too many.'),
  failedShareMax: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('So large a share of the last minute’s answers may be failures.'),
  answersMin: whole(20, { min: 1, max: 100_000 }).describe('Answers in a minute before their share counts.'),
  cooldownMs: milliseconds(5000).describe('How long a target is left alone at first; doubles with each failed probe.'),
  cooldownMaxMs: milliseconds(60_000).describe('The longest that it is left alone, unless it asked for more.'),
});

/** How targets are chosen and retried. */
export const routing = z
  .strictObject({
    retriesMax: whole(2, { min: 0, max: 20 }).describe('Retries of one target after its first attempt.'),
    attemptsMax: z
      .number()
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Most attempts for one request, fallbacks included; absent means 3, or as many as the retries need.'),
    strategy: z.enum(STRATEGY_NAMES).default('shuffle').describe('How one of a group’s targets is chosen.'),
    groupStrategies: z
      .record(modelName(), z.enum(STRATEGY_NAMES))
      .default({})
      .describe('Strategies of single groups: name to strategy.'),
    contextCheck: z
      .boolean()
      .default(false)
      .describe('Count the tokens of long prompts, and don’t ask models whose window is known to be smaller.'),
    tagFiltering: z.boolean().default(false).describe('Tags of a request decide which targets may answer it.'),
    retryPolicy: retryPolicy.describe('Retries after errors of one kind, instead of `retriesMax`.'),
    groupRetryPolicies: z
      .record(modelName(), retryPolicy)
      .default({})
      .describe('The same for single groups: name to policy.'),
    retryBudgetShare: z
      .number()
      .min(0)
      .max(10)
      .default(0.1)
      .describe('Further attempts of all requests together, as a share of the last minute’s requests.'),
    retryBudgetPerSecondMin: whole(3, { min: 0, max: 100_000 }).describe('Further attempts each second in any case.'),
    hedgeAfterMs: optionalMilliseconds().describe(
      'Ask another target of the group as well when one has said nothing for so long; absent means never.',
    ),
    groupHedgeAfterMs: z
      .record(modelName(), milliseconds(1000))
      .default({})
      .describe('The same for single groups: name to milliseconds.'),
    fanOutMax: whole(5, { min: 1, max: 100 }).describe('Models that one request may name, with commas between them.'),
    silentCopiesMax: whole(50, { min: 0, max: 10_000 }).describe(
      'Copies for silent models that are answered at one time; further ones aren’t made.',
    ),
    checkEveryMs: optionalMilliseconds().describe(
      'Ask targets of configured models a short question so often; absent means never. It costs what the answers cost.',
    ),
    checkWhich: z
      .enum(['failing', 'all'])
      .default('failing')
      .describe('Which of them: those that were left alone, when their time is over, or all.'),
    breaker: breaker.prefault({}).describe('When a target that fails is left alone.'),
    backoffMinMs: milliseconds(500, { min: 0 }).describe('Wait before the first retry.'),
    backoffMaxMs: milliseconds(8000, { min: 0 }).describe('Longest wait before a retry.'),
    retryAfterMaxMs: milliseconds(60_000, { min: 0 }).describe(
      'Longest `retry-after` of a provider that is waited for.',
    ),
    dropParams: z
      .boolean()
      .default(false)
      .describe('Drop parameters the target lacks, with a notice, instead of refusing the request.'),
    defaultProvider: z.string().min(1).max(64).optional().describe('Provider of model names that nobody claims.'),
    findLocalServers: z
      .boolean()
      .default(true)
      .describe(
        'Where no models are configured: look at the start for Ollama, LM Studio, llama.cpp and vLLM on this machine.',
      ),
    multiProvider: z.boolean().default(true).describe('`false` sends everything to a plain OpenAI upstream.'),
    aliases: z.record(modelName(), modelName()).default({}).describe('Other names for models: name to name.'),
    hiddenAliases: z
      .array(modelName())
      .max(10_000)
      .default([])
      .describe('Aliases that work, but aren’t listed among the models.'),
    fallbacks: fallbackLists().describe('Models to ask when one fails: name to names, in order.'),
    defaultFallbacks: z
      .array(modelName())
      .max(100)
      .default([])
      .describe('Fallbacks of models that have none of their own.'),
    contextWindowFallbacks: fallbackLists().describe('Models to ask when the prompt is too long for one.'),
    contentPolicyFallbacks: fallbackLists().describe('Models to ask when a content policy refuses the prompt.'),
  })
  .refine(({ backoffMinMs, backoffMaxMs }) => backoffMinMs <= backoffMaxMs, {
    path: ['backoffMinMs'],
    error: 'must not be above routing.backoffMaxMs',
  });

/** Limits of connections to providers. */
export const upstream = z.strictObject({
  connectTimeoutMs: milliseconds(10_000).describe('Time to connect to a provider.'),
  headersTimeoutMs: milliseconds(60_000).describe('Time from the request to the response headers.'),
  firstOutputTimeoutMs: milliseconds(120_000).describe('Time from the request to the first output of a stream.'),
  idleTimeoutMs: milliseconds(60_000).describe('Longest silence within a reply.'),
  totalTimeoutMs: milliseconds(600_000).describe('Longest time one request may take altogether.'),
  connectionsPerOriginMax: whole(512, { min: 1, max: 65_535 }).describe('Most connections to one provider address.'),
  jsonBytesMax: whole(33_554_432, { min: 1024, max: 1_073_741_824 }).describe('Longest reply that isn’t a stream.'),
  eventBytesMax: whole(8_388_608, { min: 1024, max: 268_435_456 }).describe('Longest single event of a stream.'),
});
