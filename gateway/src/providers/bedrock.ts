import { bedrockConverse as dialect } from '../dialects/bedrock-converse/bedrock-converse.ts';
import { bearer, type EndpointAsked, type HttpProvider } from './contract.ts';

/** Amazon Bedrock, asked with an AWS account's keys, a profile of one, or a key of Bedrock's own. */
export const bedrock: HttpProvider = {
  kind: 'http',
  id: 'bedrock',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  prefixes: ['bedrock_converse'],
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  baseUrlEnv: ['AWS_BEDROCK_RUNTIME_ENDPOINT', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
  keyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
  fields: {
    region: {
      env: ['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION'],
      default: 'us-east-1',
      description: 'The region in AWS.',
    },
    accessKeyId: { env: ['AWS_ACCESS_KEY_ID'], secret: true, description: 'The id of an access key.' },
    secretAccessKey: { env: ['AWS_SECRET_ACCESS_KEY'], secret: true, description: 'The access key itself.' },
    sessionToken: { env: ['AWS_SESSION_TOKEN'], secret: true, description: 'The token of a temporary access key.' },
    profile: {
      env: ['AWS_PROFILE'],
      description: 'A profile of `~/.aws`; wants the package `@aws-sdk/credential-provider-node`.',
    },
    roleArn: {
      env: ['AWS_ROLE_ARN', 'AWS_ROLE_NAME'],
      description: 'A role to take on with the token of `AWS_WEB_IDENTITY_TOKEN_FILE`; wants the same package.',
    },
  },
  headers: bearer,
  signing: {
    kind: 'aws',
    needs: [
      ['accessKeyId', 'secretAccessKey', 'region'],
      ['profile', 'region'],
      ['roleArn', 'region'],
      ['key', 'region'],
    ],
  },
  knows: [
    /^(?:(?:us|us-gov|eu|apac|au|ca|jp|global)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|writer)\.[a-z]/,
    /^arn:aws[a-z-]{0,20}:bedrock:/,
  ],
  modelNamed: (model) => model.replace(ROUTE, ''),
  priceList: 'aws',
  chat: [{ dialect, path: pathOf }],
};

/** LiteLLM's names for the way to ask, in front of the model. */
const ROUTE = /^(?:converse_like|converse)\//;

/** Models are ids or addresses with colons and slashes in them, each of which is one part of the path. */
function pathOf({ model, stream }: EndpointAsked): string {
  return `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`;
}
