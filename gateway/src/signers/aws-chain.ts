import { GatewayError } from '../model/error.ts';
import type { AwsCredentialChain, AwsCredentials } from './aws.ts';

const PACKAGE = '@aws-sdk/credential-provider-node';
/** Credentials are asked for again so long before they expire. */
const MARGIN_MS = 60_000;

interface Expiring extends AwsCredentials {
  readonly expiration?: Date;
  /** How the chain came by them. */
  readonly $source?: Readonly<Record<string, string>>;
}

interface Chains {
  readonly defaultProvider: (options: Readonly<Record<string, unknown>>) => () => Promise<Expiring>;
}

/**
 * Amazon's own chain: profiles of `~/.aws`, roles, single sign-on, and what the machine itself may do. Its package is
 * large, and installed only by those who want it.
 */
export function awsChain(nowMs: () => number, load: (name: string) => Promise<unknown> = loaded): AwsCredentialChain {
  const kept = new Map<string, Promise<Expiring>>();
  return async ({ profile, roleArn, region }) => {
    const wish = JSON.stringify([profile, roleArn, region]);
    const before = await kept.get(wish)?.catch(() => undefined);
    if (before && (!before.expiration || before.expiration.getTime() - MARGIN_MS > nowMs())) return before;
    const asked = chains(load).then(({ defaultProvider }) =>
      defaultProvider({
        clientConfig: { region },
        ...(profile === undefined ? {} : { profile }),
        ...(roleArn === undefined ? {} : { roleArn }),
      })().then((credentials) => asWished(credentials, roleArn)),
    );
    kept.set(wish, asked);
    return asked;
  };
}

/** The chain takes on a role by a token of web identity alone; elsewhere it would sign as whoever it found first. */
function asWished(credentials: Expiring, roleArn: string | undefined): Expiring {
  if (roleArn === undefined || credentials.$source?.['CREDENTIALS_STS_ASSUME_ROLE_WEB_ID'] !== undefined)
    return credentials;
  const message =
    'The role in AWS was not taken on: roleArn needs AWS_WEB_IDENTITY_TOKEN_FILE. Elsewhere name a profile, with role_arn and source_profile or credential_source in it.';
  throw new GatewayError('upstream.auth', message);
}

const loaded = (name: string): Promise<unknown> => import(name);

async function chains(load: (name: string) => Promise<unknown>): Promise<Chains> {
  try {
    return (await load(PACKAGE)) as Chains;
  } catch (cause) {
    const message = `A profile or a role in AWS needs the package ${PACKAGE}: npm install ${PACKAGE}. Without it, configure accessKeyId and secretAccessKey, or a Bedrock API key.`;
    throw new GatewayError('upstream.auth', message, { cause });
  }
}
