import type { ResponseRow, Sealing } from '../stores/contract.ts';
import type { KeptResponse } from './response-shelf.ts';

/** Responses as a database keeps them. */
export interface ResponseRows {
  readonly rowOf: (kept: KeptResponse) => ResponseRow;
  /** Rejects when it can't be opened. */
  readonly responseOf: (row: ResponseRow) => Promise<KeptResponse>;
}

/** Seals what is written, unless it is to be plain; reads both. Throws on sealing without a secret. */
export function responseRows({ sealing, isPlain }: { sealing: Sealing | undefined; isPlain: boolean }): ResponseRows {
  const secret = (): Sealing => {
    if (sealing) return sealing;
    throw new Error('There is no secret to seal or open responses with.');
  };
  return {
    rowOf: ({ id, keyId, response, input, createdAtMs, expiresAtMs }) => {
      const text = JSON.stringify([response, input]);
      const body = isPlain ? Buffer.from(text) : secret().seal(text, aboutOf(id, keyId));
      return { id, keyId, createdAt: createdAtMs, expiresAt: expiresAtMs, isSealed: !isPlain, body };
    },
    responseOf: async ({ id, keyId, createdAt, expiresAt, isSealed, body }) => {
      const text = isSealed ? await secret().open(body, aboutOf(id, keyId)) : Buffer.from(body).toString('utf8');
      const [response, input] = JSON.parse(text) as [string, string];
      return { id, keyId, response, input, createdAtMs: createdAt, expiresAtMs: expiresAt };
    },
  };
}

/** Sealed bytes that are moved to another name or key can't be opened. */
function aboutOf(id: string, keyId: string): string {
  return JSON.stringify(['response', keyId, id]);
}
