import { GatewayError } from '../model/error.ts';
import type { Signer, UpstreamRequest } from '../model/upstream.ts';
import type { SignerPorts } from './contract.ts';
import { managedIdentityToken } from './managed-identity.ts';
import { exchangedToken } from './token-exchange.ts';
import { type Token, TokenShelf } from './token-shelf.ts';

/** An application in Entra ID, and what it wants a token for. */
interface Application {
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

/**
 * Signs for Azure with a token of Entra ID: one that the operator renews, or one that an application gets by its secret
 * or a machine by being one, and that is kept until shortly before it expires. A request that has a key already stays as it is.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function entraSigner(ports: Omit<SignerPorts, 'readText'>): Signer {
  const shelf = new TokenShelf(ports.nowMs);
  return async (request, { key, fields }) => {
    if (key !== undefined) return request;
    const isManaged = fields['managedIdentity'] !== undefined;
    const own = isManaged ? undefined : fields['adToken'];
    const token = own ?? (await shelf.get(JSON.stringify(fields), () => asked(request, fields, ports)));
    return { ...request, headers: [...request.headers, 'authorization', `Bearer ${token}`] };
  };
}

async function asked(
  { provider }: UpstreamRequest,
  fields: Readonly<Record<string, string | undefined>>,
  ports: Omit<SignerPorts, 'readText'>,
): Promise<Token> {
  if (fields['managedIdentity'] !== undefined) return ofMachine(provider, fields, ports);
  const { authority, tenantId, clientId, clientSecret, scope } = applicationOf(fields, provider);
  const answer = await exchangedToken(
    {
      provider,
      address: new URL(`${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`),
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope },
    },
    ports,
  );
  if ('text' in answer) return answer;
  throw refused(provider, `Entra ID answered ${answer.refusedWith} without a token`);
}

async function ofMachine(
  provider: string,
  fields: Readonly<Record<string, string | undefined>>,
  ports: Omit<SignerPorts, 'readText'>,
): Promise<Token> {
  const answer = await managedIdentityToken(provider, fields, ports);
  if (!answer) throw refused(provider, WHAT_MACHINES_NEED);
  if ('text' in answer) return answer;
  throw refused(provider, `the machine answered ${answer.refusedWith} without a token of its identity`);
}

const WHAT_MACHINES_NEED =
  'managedIdentity must be imds, or app-service with identityEndpoint and identityHeader (IDENTITY_ENDPOINT, IDENTITY_HEADER)';

function applicationOf(fields: Readonly<Record<string, string | undefined>>, provider: string): Application {
  const { authority, tenantId, clientId, clientSecret, scope } = fields;
  if (!authority || !tenantId || !clientId || !clientSecret || !scope)
    throw refused(provider, 'there is no key, no token, and no application with its tenant and secret');
  return { authority, tenantId, clientId, clientSecret, scope };
}

function refused(provider: string, why: string): GatewayError {
  return new GatewayError('upstream.auth', `Requests to ${provider} can’t be signed: ${why}.`);
}
