import { importPKCS8, SignJWT } from 'jose';
import { GatewayError } from '../model/error.ts';
import type { Signer, UpstreamRequest } from '../model/upstream.ts';
import type { SignerPorts } from './contract.ts';
import { exchangedToken } from './token-exchange.ts';
import { type Token, TokenShelf } from './token-shelf.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_ADDRESS = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The longest that Google allows. */
const ASSERTION_SECONDS = 3600;

/** The fields of a service account's file that are needed. */
interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly token_uri?: string;
}

/** Gives a token for the machine itself, or for credentials that aren't a service account's. */
export type AmbientToken = (scope: string, credentials: object | undefined) => Promise<Token>;

/**
 * Signs for Google Cloud with a service account: a JWT, exchanged for a token that is kept until shortly before it
 * expires. Other credentials, or none, are for `ambient`. A request that has a key already stays as it is.
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export function googleSigner(ports: SignerPorts, ambient: AmbientToken): Signer {
  const shelf = new TokenShelf(ports.nowMs);
  return async (request, { key, fields: { credentials } }) => {
    if (key !== undefined) return request;
    const token = await shelf.get(credentials ?? '', async () => {
      const account = credentials === undefined ? undefined : await accountOf(request, credentials, ports);
      return isServiceAccount(account) ? asked(request, account, ports) : ambiently(request, account, ambient);
    });
    return { ...request, headers: [...request.headers, 'authorization', `Bearer ${token}`] };
  };
}

async function ambiently(request: UpstreamRequest, account: object | undefined, ambient: AmbientToken): Promise<Token> {
  try {
    return await ambient(SCOPE, account);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    const why = isMissing
      ? 'without a service account it takes the package google-auth-library, which isn’t installed'
      : 'Google’s library found no credentials that work';
    throw refused(request, why, cause);
  }
}

function refused({ provider }: Pick<UpstreamRequest, 'provider'>, why: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream.auth', `Requests to ${provider} can’t be signed: ${why}.`, { cause });
}

/** The credentials are the JSON itself, or name the file that it stands in. */
async function accountOf(request: UpstreamRequest, credentials: string, { readText }: SignerPorts): Promise<object> {
  let account: unknown;
  try {
    account = JSON.parse(credentials.trimStart().startsWith('{') ? credentials : await readText(credentials));
  } catch (cause) {
    throw refused(request, 'the credentials are neither JSON nor a file of it', cause);
  }
  if (typeof account === 'object' && account !== null) return account;
  throw refused(request, 'the credentials are not a JSON object');
}

function isServiceAccount(value: object | undefined): value is ServiceAccount {
  const { client_email: email, private_key: key, token_uri: address } = (value ?? {}) as Record<string, unknown>;
  return typeof email === 'string' && typeof key === 'string' && (address === undefined || typeof address === 'string');
}

async function asked(request: UpstreamRequest, account: ServiceAccount, ports: SignerPorts): Promise<Token> {
  const address = new URL(account.token_uri ?? TOKEN_ADDRESS);
  const assertion = await assertionOf(request, account, { audience: address.href, nowMs: ports.nowMs() });
  const answer = await exchangedToken(
    { provider: request.provider, address, form: { grant_type: GRANT, assertion } },
    ports,
  );
  if ('text' in answer) return answer;
  throw refused(request, `Google’s token service answered ${answer.refusedWith} without a token`);
}

async function assertionOf(
  request: UpstreamRequest,
  account: ServiceAccount,
  { audience, nowMs }: { readonly audience: string; readonly nowMs: number },
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const kid = account.private_key_id;
  try {
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
      .setIssuer(account.client_email)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_SECONDS)
      .sign(await importPKCS8(account.private_key, 'RS256'));
  } catch (cause) {
    throw refused(request, 'the private key can’t be read', cause);
  }
}
