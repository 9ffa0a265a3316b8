import { picturesOf, soundOf } from '../passthrough/form-units.ts';
import { GatewayError } from '../model/error.ts';
import type { TextOperation } from '../passthrough/contract.ts';
import { textOperations } from '../passthrough/index.ts';
import { imageEdits, imageGenerations, type JsonRelay, speech } from '../passthrough/json-relay.ts';
import { COUNTED_BODY } from './chat-facts.ts';
import { anthropicCount, countTokens } from './count-tokens.ts';
import type { ServerPorts } from './contract.ts';
import { embeddingsFacts, MEDIA_FACTS, moderationsFacts, realtimeFacts, rerankFacts } from './provider-facts.ts';
import { REALTIME_PATHS } from './realtime.ts';
import { type FormRelay, formRelay, jsonRelay } from './relay-operations.ts';
import type { RouteFacts, ServedPath } from './route.ts';
import { textOperation } from './text-operations.ts';

/** What providers do besides chats. */
export function providerRoutes(ports: ServerPorts): readonly ServedPath[] {
  const { embeddings, moderations, rerank } = textOperations;
  const text = (operation: TextOperation, facts: RouteFacts): ServedPath['methods'] => ({
    POST: { ...facts, serve: (exchange) => textOperation(exchange, { operation }, ports.engine(), ports) },
  });
  const [first = '', ...others] = REALTIME_PATHS;
  return [
    under('/embeddings', text(embeddings, embeddingsFacts)),
    under('/moderations', text(moderations, moderationsFacts)),
    { paths: ['/v1/rerank', '/rerank', '/v2/rerank'], methods: text(rerank, rerankFacts) },
    ...mediaRoutes(ports),
    { paths: [first, ...others], methods: { GET: { ...realtimeFacts, serve: onlyBySocket } } },
    {
      paths: ['/v1/messages/count_tokens'],
      methods: {
        POST: { ...countFacts, serve: (exchange) => countTokens(exchange, anthropicCount, ports.engine(), ports) },
      },
    },
  ];
}

const countFacts: RouteFacts = {
  summary: 'How many tokens a request of Anthropic’s has.',
  tag: 'Models',
  access: 'key',
  dialect: 'anthropic-messages',
  isTurn: true,
  body: COUNTED_BODY,
  manual: 'https://docs.anthropic.com/en/api/messages-count-tokens',
};

function mediaRoutes(ports: ServerPorts): readonly ServedPath[] {
  const json = (path: keyof typeof MEDIA_FACTS, relay: JsonRelay): ServedPath =>
    under(path, {
      POST: { ...MEDIA_FACTS[path], serve: (exchange) => jsonRelay(exchange, relay, ports.engine(), ports) },
    });
  const form = (path: keyof typeof MEDIA_FACTS, relay: FormRelay): ServedPath =>
    under(path, {
      POST: { ...MEDIA_FACTS[path], serve: (exchange) => formRelay(exchange, relay, ports.engine(), ports) },
    });
  return [
    json('/images/generations', imageGenerations),
    form('/images/edits', { id: 'image-edits', json: imageEdits, usualModel: 'dall-e-2', units: picturesOf }),
    form('/images/variations', { id: 'image-variations', usualModel: 'dall-e-2', units: picturesOf }),
    json('/audio/speech', speech),
    form('/audio/transcriptions', { id: 'transcriptions', units: soundOf }),
    form('/audio/translations', { id: 'translations', units: soundOf }),
  ];
}

function onlyBySocket(): never {
  throw new GatewayError('request.invalid', 'Conversations are held over a WebSocket; ask to upgrade the connection.');
}

function under(path: string, methods: ServedPath['methods']): ServedPath {
  return { paths: [`/v1${path}`, path], methods };
}
