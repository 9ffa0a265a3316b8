import { GatewayError } from '../model/error.ts';
import type { Caller, RequestHeaders, Turn } from '../model/turn.ts';
import { KEY_CHARACTERS_MAX, type Keyring } from './keyring.ts';

/** Where the clients of each dialect put their key. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

/** Finds out who is asking. Throws `key.missing` or `key.invalid`; the message never repeats the key. */
export function authenticate(headers: RequestHeaders, keyring: Keyring): Caller {
  const key = sentKey(headers);
  if (key === undefined) {
    throw new GatewayError(
      'key.missing',
      'Unauthorized: no API key came with the request. Send "Authorization: Bearer KEY" or "x-api-key: KEY".',
    );
  }
  const caller = key.length <= KEY_CHARACTERS_MAX ? keyring.callerOf(key) : undefined;
  if (!caller) throw new GatewayError('key.invalid', 'Unauthorized: this API key is not known here.');
  return caller;
}

function sentKey(headers: RequestHeaders): string | undefined {
  let found = bearer(headers['authorization']);
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    if (typeof value !== 'string' || value === '') continue;
    if (found !== undefined && found !== value)
      throw new GatewayError('key.invalid', 'Unauthorized: the request carries two different API keys.');
    found = value;
  }
  return found;
}

function bearer(value: RequestHeaders[string]): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const token = /^Bearer +(\S+) *$/i.exec(value)?.[1];
  if (token === undefined)
    throw new GatewayError('key.invalid', 'Unauthorized: the Authorization header must read "Bearer KEY".');
  return token;
}

/** Checks that a caller may use the models it names. Throws `key.forbidden`. */
export function authorizeModels({ caller, ask, switches }: Pick<Turn, 'caller' | 'ask' | 'switches'>): void {
  const { models } = caller;
  if (!models) return;
  for (const name of [ask.head.model, ...(switches.fallbacks ?? [])]) {
    if (!models.includes(name))
      throw new GatewayError('key.forbidden', `This API key may not use the model "${name}".`, { param: 'model' });
  }
}
