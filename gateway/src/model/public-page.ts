import type { Cancellation } from './cancellation.ts';

/** A page that was fetched, up to a limit. */
export interface PublicPage {
  /** Where it was found in the end. */
  readonly url: string;
  readonly status: number;
  /** `text/html; charset=utf-8`; empty when nothing was said. */
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

/**
 * Fetches a page from an address that a caller named, so from the public internet alone. `upstream/public-http.ts` is the
 * real one; tests pass a function. Throws `tool.rejected` for an address that may not be fetched, and `tool.failed`.
 */
export type FetchPublicPage = (url: string, options: { readonly cancellation: Cancellation }) => Promise<PublicPage>;
