import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import type { EndpointAsked, FieldValues, HttpProvider, OperationEndpoint, ParameterRule } from './contract.ts';
import { OPENAI_CHAT_RULES, OPENAI_RESPONSES_RULES } from './openai-rules.ts';

/** Versions of the newer API, which takes the deployment's name in the body, as OpenAI itself does. */
const NEWER: ReadonlySet<string> = new Set(['v1', 'latest', 'preview']);

/** The older API has the deployment's name in the path, and says its version by date. */
function isOlder({ apiVersion = 'v1' }: FieldValues): boolean {
  return !NEWER.has(apiVersion);
}

/** https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle */
function newerPath(what: string, { apiVersion }: FieldValues): string {
  return `/openai/v1/${what}${apiVersion === 'preview' ? '?api-version=preview' : ''}`;
}

/** Where an operation on one deployment is asked. https://learn.microsoft.com/azure/ai-foundry/openai/reference */
function deployed(what: string): (asked: EndpointAsked) => string {
  return ({ model, fields }) =>
    isOlder(fields)
      ? `/openai/deployments/${encodeURIComponent(model)}/${what}?api-version=${encodeURIComponent(fields['apiVersion'] ?? '')}`
      : newerPath(what, fields);
}

/** Where Responses are asked: by either API with the deployment's name in the body. */
function responsesPath({ fields }: EndpointAsked): string {
  if (!isOlder(fields)) return newerPath('responses', fields);
  return `/openai/responses?api-version=${encodeURIComponent(fields['apiVersion'] ?? '')}`;
}

/** LiteLLM's names for a way to ask, in front of the deployment: by Responses alone, or as a model that thinks. */
const WAY = /^(?:responses|o_series)\//;
const BY_CHAT = /^(?!responses\/)/;
const O_SERIES = /^o_series\//;

/** What a deployment takes is what the models behind it take, where its name says that they think. */
const thinking = (rules: readonly ParameterRule[]): readonly ParameterRule[] => [
  ...rules,
  ...rules.filter(({ models }) => models?.test('o1')).map((rule) => ({ ...rule, models: O_SERIES })),
];

const at = (what: string): OperationEndpoint => ({ path: deployed(what) });

/** OpenAI's models in Azure. A model's name is that of its deployment. */
export const azure: HttpProvider = {
  kind: 'http',
  id: 'azure',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  baseUrlEnv: ['AZURE_API_BASE', 'AZURE_OPENAI_ENDPOINT'],
  keyEnv: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_KEY'],
  fields: {
    apiVersion: {
      env: ['AZURE_API_VERSION', 'AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION'],
      default: 'v1',
      description: '`v1`, `preview` (both the newer API), or a date such as `2024-10-21`, which means the older one.',
    },
    adToken: { env: ['AZURE_AD_TOKEN'], secret: true, description: 'A token of Entra ID, where somebody renews it.' },
    tenantId: { env: ['AZURE_TENANT_ID'], description: 'The tenant of an application in Entra ID.' },
    clientId: { env: ['AZURE_CLIENT_ID'], description: 'The application.' },
    clientSecret: { env: ['AZURE_CLIENT_SECRET'], secret: true, description: 'The application’s secret.' },
    authority: {
      env: ['AZURE_AUTHORITY_HOST'],
      default: 'https://login.microsoftonline.com',
      description: 'Who gives tokens; other clouds have other addresses.',
    },
    scope: {
      env: ['AZURE_SCOPE'],
      default: 'https://cognitiveservices.azure.com/.default',
      description: 'What the tokens are for.',
    },
    managedIdentity: {
      env: [],
      // Whoever is sent the machine's token must be named beside it.
      secret: true,
      description:
        'Whose identity signs: `imds` the machine’s, `app-service` the app’s; with `clientId` the one of that id.',
    },
    identityHost: {
      env: ['AZURE_POD_IDENTITY_AUTHORITY_HOST'],
      default: 'http://169.254.169.254',
      description: 'Where machines are asked for tokens (`imds`).',
    },
    identityEndpoint: { env: ['IDENTITY_ENDPOINT'], description: 'Where apps are (`app-service`).' },
    identityHeader: {
      env: ['IDENTITY_HEADER'],
      secret: true,
      description: 'What proves to that address that it is the app that asks.',
    },
  },
  headers: (key) => (key === undefined ? {} : { 'api-key': key }),
  signing: {
    kind: 'entra',
    needs: [['key'], ['adToken'], ['tenantId', 'clientId', 'clientSecret'], ['managedIdentity']],
  },
  modelNamed: (model) => model.replace(WAY, ''),
  priceList: 'azure',
  chat: [
    {
      dialect: openaiChat,
      models: [BY_CHAT],
      path: deployed('chat/completions'),
      rules: thinking(OPENAI_CHAT_RULES),
    },
    { dialect: openaiResponses, path: responsesPath, rules: thinking(OPENAI_RESPONSES_RULES) },
  ],
  operations: {
    embeddings: { path: deployed('embeddings'), inputsMax: 2048 },
    'image-generations': at('images/generations'),
    'image-edits': at('images/edits'),
    speech: at('audio/speech'),
    transcriptions: at('audio/transcriptions'),
    translations: at('audio/translations'),
  },
};
