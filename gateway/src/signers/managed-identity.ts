import type { SignerPorts } from './contract.ts';
import { exchangedToken, type TokenAnswer, type TokenQuestion } from './token-exchange.ts';

type Fields = Readonly<Record<string, string | undefined>>;

/** How Azure's machines and its App Service are asked; `undefined` where a field is missing. */
const WAYS: Readonly<Record<string, (fields: Fields) => Omit<TokenQuestion, 'provider'> | undefined>> = {
  /** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
  imds: (fields) => {
    const base = fields['identityHost'];
    if (base === undefined) return undefined;
    const address = addressOf(`${base.replace(/\/+$/, '')}/metadata/identity/oauth2/token`, '2018-02-01', fields);
    return address && { address, headers: { metadata: 'true' } };
  },
  /** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
  'app-service': (fields) => {
    const { identityEndpoint: base, identityHeader: proof } = fields;
    const address = base === undefined ? undefined : addressOf(base, '2019-08-01', fields);
    return address && proof !== undefined ? { address, headers: { 'x-identity-header': proof } } : undefined;
  },
};

/** Asks the machine that this runs on for a token of its own identity, or of the one whose client id is named. */
export async function managedIdentityToken(
  provider: string,
  fields: Fields,
  ports: Pick<SignerPorts, 'transport' | 'nowMs'>,
): Promise<TokenAnswer | undefined> {
  const question = WAYS[fields['managedIdentity'] ?? '']?.(fields);
  return question && exchangedToken({ provider, ...question }, ports);
}

function addressOf(base: string, version: string, { scope = '', clientId }: Fields): URL | undefined {
  if (!URL.canParse(base)) return undefined;
  const address = new URL(base);
  address.searchParams.set('api-version', version);
  // Scopes are the newer word for a resource.
  address.searchParams.set('resource', scope.replace(/\/\.default$/, ''));
  if (clientId !== undefined) address.searchParams.set('client_id', clientId);
  return address;
}
