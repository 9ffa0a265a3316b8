import { AwsV4Signer } from 'aws4fetch';
import { GatewayError } from '../model/error.ts';
import type { Signer, UpstreamRequest } from '../model/upstream.ts';
import type { SignerPorts } from './contract.ts';

/** Keys derived for a day, a region and a secret. A few per deployment; an old day's are thrown away with the rest. */
const DERIVED_KEYS_MAX = 1000;

/** What proves who an user of an AWS account is. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where credentials come from that aren't written down: profiles, roles, single sign-on. */
export type AwsCredentialChain = (
  wish: Readonly<{ profile?: string | undefined; roleArn?: string | undefined; region: string }>,
) => Promise<AwsCredentials>;

/**
 * Signs for Amazon with Signature Version 4, over the very bytes and the path that go out. A request that has a bearer
 * key already stays as it is. The signing key holds for a day, so it is derived once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function awsSigner({ nowMs }: Pick<SignerPorts, 'nowMs'>, chain: AwsCredentialChain): Signer {
  const derived = new Map<string, ArrayBuffer>();
  return async (request, { key, fields }) => {
    if (key !== undefined) return request;
    const region = fields['region'];
    if (region === undefined) throw refused(request, 'no region is configured');
    const { accessKeyId, secretAccessKey, sessionToken, profile, roleArn } = fields;
    const isWritten = accessKeyId !== undefined && secretAccessKey !== undefined && roleArn === undefined;
    const credentials = isWritten
      ? { accessKeyId, secretAccessKey, sessionToken }
      : await chain({ profile, roleArn, region }).catch((cause: unknown) => {
          throw cause instanceof GatewayError ? cause : refused(request, 'there are no credentials for it', cause);
        });
    if (derived.size > DERIVED_KEYS_MAX) derived.clear();
    return signed(request, { credentials, region, derived, atMs: nowMs() });
  };
}

function refused({ provider }: UpstreamRequest, why: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream.auth', `Requests to ${provider} can’t be signed: ${why}.`, { cause });
}

interface Ground {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly derived: Map<string, ArrayBuffer>;
  readonly atMs: number;
}

async function signed(request: UpstreamRequest, ground: Ground): Promise<UpstreamRequest> {
  const { accessKeyId, secretAccessKey, sessionToken } = ground.credentials;
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.origin + request.path,
    headers: { 'content-type': 'application/json' },
    body: request.body === undefined ? null : new Uint8Array(request.body),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    // Amazon calls its services in signatures as the providers are called here.
    service: request.provider,
    region: ground.region,
    cache: ground.derived,
    datetime: new Date(ground.atMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  const { headers } = await signer.sign();
  const proof = [...headers].filter(([name]) => name !== 'content-type').flat();
  return { ...request, headers: [...request.headers, ...proof] };
}
