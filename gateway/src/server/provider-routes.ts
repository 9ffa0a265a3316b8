import { GatewayError } from '../model/error.ts';
import type { TextOperation } from '../passthrough/contract.ts';
import { textOperations } from '../passthrough/index.ts';
import { imageEdits, imageGenerations, type JsonRelay, speech } from '../passthrough/json-relay.ts';
import { countTokens } from './count-tokens.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { REALTIME_PATHS } from './realtime.ts';
import { type FormRelay, formRelay, jsonRelay } from './relay-operations.ts';
import { textOperation } from './text-operations.ts';

type Methods = Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>>;

/** What providers do besides chats. */
export function providerRoutes(ports: ServerPorts): [string, Methods][] {
  const { embeddings, moderations, rerank } = textOperations;
  const text = (operation: TextOperation): Methods => ({
    POST: (exchange) => textOperation(exchange, { operation }, ports.engine(), ports),
  });
  const json = (relay: JsonRelay): Methods => ({
    POST: (exchange) => jsonRelay(exchange, relay, ports.engine(), ports),
  });
  const form = (relay: FormRelay): Methods => ({
    POST: (exchange) => formRelay(exchange, relay, ports.engine(), ports),
  });
  return [
    ...under(
      ['/v1', ''],
      [
        ['/embeddings', text(embeddings)],
        ['/moderations', text(moderations)],
        ['/rerank', text(rerank)],
        ['/images/generations', json(imageGenerations)],
        ['/images/edits', form({ id: 'image-edits', json: imageEdits, usualModel: 'dall-e-2' })],
        ['/images/variations', form({ id: 'image-variations', usualModel: 'dall-e-2' })],
        ['/audio/speech', json(speech)],
        ['/audio/transcriptions', form({ id: 'transcriptions' })],
        ['/audio/translations', form({ id: 'translations' })],
      ],
    ),
    ['/v2/rerank', text(rerank)],
    ...REALTIME_PATHS.map((path): [string, Methods] => [path, { GET: onlyBySocket }]),
    ['/v1/messages/count_tokens', { POST: (exchange) => countTokens(exchange, ports.engine(), ports) }],
  ];
}

function onlyBySocket(): never {
  throw new GatewayError('request.invalid', 'Conversations are held over a WebSocket; ask to upgrade the connection.');
}

function under(prefixes: readonly string[], routes: readonly [string, Methods][]): [string, Methods][] {
  return prefixes.flatMap((prefix) => routes.map(([path, methods]): [string, Methods] => [prefix + path, methods]));
}
