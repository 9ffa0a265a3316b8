import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import { GatewayError } from '../model/error.ts';
import type { UpstreamBody } from '../model/upstream.ts';

const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Undoes a compression that the provider applied although it was asked not to. Limits on size apply to what comes out.
 * Throws `upstream.bad-response` for one it doesn't know; the body is then still the caller's to let go.
 */
export function decompressed(body: UpstreamBody, encoding: string | undefined, provider: string): UpstreamBody {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return body;
  const open = DECOMPRESSORS[name];
  if (!open) {
    throw new GatewayError(
      'upstream.bad-response',
      `${provider} compressed its reply in a way the gateway doesn’t know.`,
    );
  }
  return { [Symbol.asyncIterator]: () => inflated(body, open(), provider), cancel: body.cancel };
}

async function* inflated(body: UpstreamBody, transform: Transform, provider: string): AsyncGenerator<Buffer> {
  const feeding = feed(body, transform);
  try {
    for await (const bytes of transform) yield bytes as Buffer;
    await feeding;
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    throw new GatewayError('upstream.bad-response', `${provider} sent a reply whose compression is broken.`, {
      cause: thrown,
    });
  } finally {
    transform.destroy();
    body.cancel();
  }
}

/** Never rejects: what goes wrong destroys the transform, whose reader then throws it. */
async function feed(body: UpstreamBody, transform: Transform): Promise<void> {
  try {
    for await (const bytes of body) {
      if (!transform.write(bytes)) await drained(transform);
      if (transform.destroyed) return;
    }
    transform.end();
  } catch (thrown) {
    transform.destroy(GatewayError.from(thrown));
  }
}

function drained(transform: Transform): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      transform.off('drain', settle);
      transform.off('close', settle);
      resolve();
    };
    transform.on('drain', settle);
    transform.on('close', settle);
  });
}
