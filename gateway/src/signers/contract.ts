/**
 * A signer proves to a provider who asks, where a key alone can't: it is a `Signer` of `model/upstream.ts`. It opens no
 * connection of its own; what it needs of the world comes as functions. To add one, write it here, and put it into the
 * table that `compose.ts` hands to routing.
 */
import type { Transport } from '../model/upstream.ts';

/** What a signer may need of the world. */
export interface SignerPorts {
  readonly transport: Transport;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** Reads a small file of the operator's. */
  readonly readText: (path: string) => Promise<string>;
}
