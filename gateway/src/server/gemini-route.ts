import { authenticate, authorizeModels } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { RequestHeaders } from '../model/turn.ts';
import { estimatedCount } from '../passthrough/count-tokens.ts';
import type { ChatRoute } from './chat.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { asObject, jsonObject } from './ingress.ts';
import { callByPath } from './path-call.ts';
import { turnAway } from './refuse.ts';
import { shallow } from '../passthrough/fields.ts';

const DIALECT = 'gemini-content';
const OPERATIONS = ['generateContent', 'streamGenerateContent', 'countTokens'] as const;
/** Names of models may have slashes in them. */
const PATH = /^\/(?:v1|v1beta|v1beta1)\/(?:models\/)?(.{1,1000}):([A-Za-z]{1,40})$/;

/** What a path of Gemini's says. */
export interface GeminiPath {
  readonly model: string;
  readonly operation: (typeof OPERATIONS)[number];
}

/** Reads a path of Gemini's; `undefined` where it is somebody else's. https://ai.google.dev/api/generate-content */
export function geminiPath(path: string): GeminiPath | undefined {
  const [, name, verb] = PATH.exec(path) ?? [];
  const operation = OPERATIONS.find((known) => known === verb);
  if (name === undefined || operation === undefined) return undefined;
  try {
    return { model: decodeURIComponent(name), operation };
  } catch {
    return undefined;
  }
}

/** How a chat in Gemini's words is read: the path says the model and whether to stream, the query may have the key. */
export function geminiChat({ model, operation }: GeminiPath): ChatRoute {
  const stream = operation === 'streamGenerateContent';
  return {
    dialect: DIALECT,
    headers: headersWithKey,
    read: (bytes, { headers }) => callByPath(bytes, { dialect: DIALECT, model, stream }, headers),
    isList: ({ query }) => new URLSearchParams(query).get('alt') !== 'sse',
  };
}

/** The headers with the key that stands in the query: `?key=` is a header that is easier to type. It goes no further than this. */
export function headersWithKey({ headers, query }: Exchange): RequestHeaders {
  const key = new URLSearchParams(query).get('key');
  if (key === null || key === '') return headers;
  const said = headers['x-goog-api-key'];
  if (said !== undefined && said !== key)
    throw new GatewayError('key.invalid', 'Unauthorized: the request carries two different API keys.');
  return { ...headers, 'x-goog-api-key': key };
}

/** Serves `:countTokens` with a count of our own. Never throws. https://ai.google.dev/api/tokens */
export async function countTokens(
  exchange: Exchange,
  { model }: GeminiPath,
  engine: Engine,
  ports: ServerPorts,
): Promise<void> {
  try {
    const headers = headersWithKey(exchange);
    const caller = authenticate(headers, engine.keyring);
    const bytes = await exchange.readBody(engine.bodyBytesMax);
    const { ask, switches } = callByPath(countedRequest(bytes), { dialect: DIALECT, model, stream: false }, headers);
    authorizeModels({ caller, ask, switches });
    const { tokens } = await estimatedCount(ask.look(), model, engine.operations.countText);
    sendJson(exchange, 200, { totalTokens: tokens });
  } catch (thrown) {
    turnAway(exchange, DIALECT, thrown, ports);
  }
}

/** The request is the body, or stands in it with its model. */
function countedRequest(bytes: Buffer): Buffer {
  const body = jsonObject(bytes);
  const inside = body['generateContentRequest'] ?? body['generate_content_request'];
  if (inside === undefined) return bytes;
  const { model: _model, ...request } = asObject(inside);
  return shallow(() => Buffer.from(JSON.stringify(request)));
}
