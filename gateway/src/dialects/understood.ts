import { GatewayError } from '../model/error.ts';

/** Reads something of a provider's. What can't be read is that provider's failure, `upstream.bad-response`, and not ours. */
export function understood<T>(provider: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    throw new GatewayError('upstream.bad-response', `${provider} sent something that isn’t a reply.`, {
      cause: thrown,
    });
  }
}
