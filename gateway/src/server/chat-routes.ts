import { textOperations } from '../passthrough/index.ts';
import type { DialectId } from '../model/request.ts';
import { deployedChat, deploymentPath, withModel } from './azure-route.ts';
import { bedrockChat, bedrockPath } from './bedrock-route.ts';
import { chat, type ChatRoute } from './chat.ts';
import { chatFacts, GEMINI_BODY, lenientQuery, WHOLE_OR_STREAMED } from './chat-facts.ts';
import type { ServerPorts } from './contract.ts';
import { countTokens } from './count-tokens.ts';
import { geminiChat, geminiCount, geminiPath } from './gemini-route.ts';
import { ingress } from './ingress.ts';
import { lenientIngress } from './lenient.ts';
import type { CallerDialect, PathPattern, Route, ServedPath } from './route.ts';
import { embeddingsFacts } from './provider-facts.ts';
import { textOperation } from './text-operations.ts';

const strict = (dialect: DialectId): ChatRoute => ({
  dialect,
  read: (bytes, { headers }) => ingress(bytes, dialect, headers),
});
const lenient: ChatRoute = {
  dialect: 'openai-chat',
  read: (bytes, { headers, query }) => lenientIngress(bytes, headers, new URLSearchParams(query)),
};

/** Chats whose body says the model. */
export function chatRoutes(ports: ServerPorts): readonly ServedPath[] {
  const takes = (dialect: CallerDialect): Readonly<Record<string, Route>> => {
    const route = strict(dialect);
    return { POST: { ...chatFacts(dialect), serve: (exchange) => chat(exchange, route, ports.engine(), ports) } };
  };
  const chats = chatFacts('openai-chat', {
    summary: 'The same, or a text as it is, with its model in the query.',
    body: { schema: () => ({}), types: ['application/json', 'text/plain'] },
    query: lenientQuery,
  });
  return [
    { paths: ['/v1/chat/completions'], methods: takes('openai-chat') },
    {
      paths: ['/chat/completions'],
      methods: { POST: { ...chats, serve: (exchange) => chat(exchange, lenient, ports.engine(), ports) } },
    },
    { paths: ['/v1/responses', '/responses'], methods: takes('openai-responses') },
    { paths: ['/v1/messages'], methods: takes('anthropic-messages') },
    { paths: ['/v1/completions', '/completions'], methods: takes('openai-completions') },
  ];
}

const GEMINI_PLACES = ['/v1beta/models', '/v1beta1/models', '/v1/models', '/v1beta', '/v1beta1', '/v1'] as const;
const geminiPaths = (operation: string): readonly [string, ...string[]] => {
  const [first, ...others] = GEMINI_PLACES;
  return [`${first}/{model}:${operation}`, ...others.map((place) => `${place}/{model}:${operation}`)];
};

/** Chats as Google's clients ask for them, with the model in the path. */
export const geminiPattern: PathPattern = {
  describes: () => [
    { paths: geminiPaths('generateContent'), methods: { POST: chatFacts('gemini-content') } },
    {
      paths: geminiPaths('streamGenerateContent'),
      methods: {
        POST: chatFacts('gemini-content', { summary: 'The same, in pieces.', answers: WHOLE_OR_STREAMED, query: alt }),
      },
    },
    {
      paths: geminiPaths('countTokens'),
      methods: {
        POST: {
          summary: 'How many tokens a request of Google’s has.',
          tag: 'Models',
          access: 'key',
          dialect: 'gemini-content',
          isTurn: true,
          body: GEMINI_BODY,
          manual: 'https://ai.google.dev/api/tokens',
        },
      },
    },
  ],
  find: (path, ports) => {
    const asked = geminiPath(path);
    if (!asked) return undefined;
    if (asked.operation === 'countTokens')
      return { POST: (exchange) => countTokens(exchange, geminiCount(asked), ports.engine(), ports) };
    return { POST: (exchange) => chat(exchange, geminiChat(asked), ports.engine(), ports) };
  },
};

const alt = () => ({
  type: 'object',
  properties: { alt: { enum: ['sse', 'json'], description: 'sse for events; a list otherwise.' } },
});

/** What clients of Azure's ask, by the name of a deployment. */
export const deploymentPattern: PathPattern = {
  describes: () => [
    {
      paths: deployed('chat/completions'),
      methods: { POST: chatFacts('openai-chat', { summary: 'A chat, as Azure’s clients ask for it.', manual: AZURE }) },
    },
    {
      paths: deployed('completions'),
      methods: {
        POST: chatFacts('openai-completions', { summary: 'A text to go on with, likewise.', manual: AZURE }),
      },
    },
    { paths: deployed('embeddings'), methods: { POST: { ...embeddingsFacts, manual: AZURE } } },
  ],
  find: (path, ports) => {
    const asked = deploymentPath(path);
    if (!asked) return undefined;
    if (asked.operation !== 'embeddings')
      return { POST: (exchange) => chat(exchange, deployedChat(asked), ports.engine(), ports) };
    const route = { operation: textOperations.embeddings, named: (bytes: Buffer) => withModel(bytes, asked.model) };
    return { POST: (exchange) => textOperation(exchange, route, ports.engine(), ports) };
  },
};

const AZURE = 'https://learn.microsoft.com/azure/ai-foundry/openai/reference';
const deployed = (operation: string): readonly [string, string] => [
  `/openai/deployments/{deployment}/${operation}`,
  `/engines/{deployment}/${operation}`,
];

/** Chats as Amazon's clients ask for them. */
export const bedrockPattern: PathPattern = {
  describes: () => [
    { paths: ['/model/{model}/converse'], methods: { POST: chatFacts('bedrock-converse') } },
    {
      paths: ['/model/{model}/converse-stream'],
      methods: {
        POST: chatFacts('bedrock-converse', {
          summary: 'The same, in pieces.',
          answers: ['application/vnd.amazon.eventstream'],
        }),
      },
    },
  ],
  find: (path, ports) => {
    const asked = bedrockPath(path);
    return asked && { POST: (exchange) => chat(exchange, bedrockChat(asked), ports.engine(), ports) };
  },
};
