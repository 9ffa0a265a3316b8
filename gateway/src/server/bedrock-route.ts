import { GatewayError } from '../model/error.ts';
import type { RequestHeaders } from '../model/turn.ts';
import type { ChatRoute } from './chat.ts';
import type { Exchange } from './exchange.ts';
import { callByPath } from './path-call.ts';

/** Ids may have slashes in them, which Amazon's clients escape. */
const PATH = /^\/model\/(.{1,3000})\/(converse|converse-stream)$/;

/** What a path of Bedrock's says. */
export interface BedrockPath {
  readonly model: string;
  readonly stream: boolean;
}

/** Reads a path of Bedrock's; `undefined` where it is somebody else's. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function bedrockPath(path: string): BedrockPath | undefined {
  const [, name, operation] = PATH.exec(path) ?? [];
  if (name === undefined) return undefined;
  try {
    return { model: decodeURIComponent(name), stream: operation === 'converse-stream' };
  } catch {
    return undefined;
  }
}

/** How a chat in Bedrock's words is read: the path says the model and whether to stream. */
export function bedrockChat(said: BedrockPath): ChatRoute {
  const dialect = 'bedrock-converse';
  return { dialect, headers: unsigned, read: (bytes, { headers }) => callByPath(bytes, { dialect, ...said }, headers) };
}

/** Only Amazon knows the secret that a signature was made with. */
function unsigned({ headers }: Exchange): RequestHeaders {
  if (!String(headers['authorization']).startsWith('AWS4-')) return headers;
  throw new GatewayError(
    'key.invalid',
    'Unauthorized: signatures of AWS can’t be checked here. Set AWS_BEARER_TOKEN_BEDROCK to an API key of this gateway.',
  );
}
