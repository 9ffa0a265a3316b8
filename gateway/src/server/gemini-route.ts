import { GatewayError } from '../model/error.ts';
import type { RequestHeaders } from '../model/turn.ts';
import type { ChatRoute } from './chat.ts';
import type { CountRoute } from './count-tokens.ts';
import type { Exchange } from './exchange.ts';
import { asObject, jsonObject } from './ingress.ts';
import { callByPath } from './path-call.ts';
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

/** How `:countTokens` is read. https://ai.google.dev/api/tokens */
export function geminiCount({ model }: GeminiPath): CountRoute {
  return {
    dialect: DIALECT,
    headers: headersWithKey,
    read: (bytes, headers) => {
      const said = { dialect: DIALECT, model, stream: false } as const;
      const { ask, ...wished } = callByPath(countedRequest(bytes), said, headers);
      return { ...wished, call: { ask } };
    },
  };
}

/** The request is the body, or stands in it with its model. */
function countedRequest(bytes: Buffer): Buffer {
  const body = jsonObject(bytes);
  const inside = body['generateContentRequest'] ?? body['generate_content_request'];
  if (inside === undefined) return bytes;
  const { model: _model, ...request } = asObject(inside);
  return shallow(() => Buffer.from(JSON.stringify(request)));
}
