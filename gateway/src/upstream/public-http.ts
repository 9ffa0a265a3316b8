import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { buildConnector, Dispatcher } from 'undici';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { FetchPublicPage, PublicPage } from '../model/public-page.ts';
import { decompressed } from './decompressed.ts';
import { connectionFailure } from './failure.ts';
import { addressIn, isPublicAddress } from './public-address.ts';

/** Limits of fetching what callers name. */
export interface PublicHttpSettings {
  /** Hosts (`wiki.example`) or hosts with a port (`127.0.0.1:8080`) that are fetched wherever they are. */
  readonly allowedHosts: readonly string[];
  /** Ports of all other hosts. */
  readonly ports: readonly number[];
  readonly redirectsMax: number;
  readonly bytesMax: number;
  readonly connectTimeoutMs: number;
}

/** Finds all addresses of a name. */
export type Resolve = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const URL_CHARACTERS_MAX = 4096;
const RESPONSE_HEADERS_BYTES_MAX = 64 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HEADERS = { 'user-agent': 'SynthLang-Proxy', accept: 'text/html, text/plain, application/json, */*;q=0.5' };

const bySystem: Resolve = (host, done) => systemLookup(host, { all: true, verbatim: true }, done);

/**
 * The one way to an address that a caller chose. Each address is looked up, judged, and then connected to as it was
 * judged, so that a name can't mean something else a moment later. Each redirect is a new address.
 */
export function publicHttp(settings: PublicHttpSettings, resolve: Resolve = bySystem): FetchPublicPage {
  return async (url, { cancellation }) => {
    let at = judgedUrl(url, settings);
    for (let hops = 0; ; hops += 1) {
      const answer = await fetchOnce(at, { settings, resolve, cancellation });
      if (!('location' in answer)) return answer;
      if (hops >= settings.redirectsMax)
        throw new GatewayError('tool.rejected', `The page redirects more than ${settings.redirectsMax} times.`);
      at = judgedUrl(answer.location, settings, at);
    }
  };
}

/** Refuses what isn't a plain public web address, before anything is looked up. */
function judgedUrl(text: string, settings: PublicHttpSettings, from?: URL): URL {
  if (text.length > URL_CHARACTERS_MAX) throw refused(`is longer than ${URL_CHARACTERS_MAX} characters`);
  if (!URL.canParse(text, from?.href)) throw refused('is not a URL; it must begin with http:// or https://');
  const url = new URL(text, from?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') throw refused('must not have a user name in it');
  if (isAllowed(url, settings)) return url;
  if (!settings.ports.includes(portOf(url))) throw refused(`names a port that may not be fetched from`);
  const address = addressIn(url.hostname);
  if (address !== undefined && !isPublicAddress(address)) throw refused(NOT_PUBLIC);
  return url;
}

const NOT_PUBLIC = 'does not lead to the public internet (tools.pages.allowedHosts names exceptions)';

function refused(why: string): GatewayError {
  return new GatewayError('tool.rejected', `The address ${why}.`, { param: 'parameters.url' });
}

function isAllowed({ hostname, host, port }: URL, { allowedHosts }: PublicHttpSettings): boolean {
  return allowedHosts.includes(host) || (port === '' && allowedHosts.includes(hostname));
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

interface Fetching {
  readonly settings: PublicHttpSettings;
  readonly resolve: Resolve;
  readonly cancellation: Cancellation;
}

async function fetchOnce(url: URL, fetching: Fetching): Promise<PublicPage | { readonly location: string }> {
  const { settings, cancellation } = fetching;
  // Loaded with the first page: it is a fifth of an idle gateway's memory, and most never fetch one.
  const undici = await import('undici');
  const client = new undici.Client(url.origin, {
    connect: undici.buildConnector(pinned(url, fetching)),
    maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    // The tool's own deadline covers the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await client.request({
      method: 'GET',
      path: url.pathname + url.search,
      headers: HEADERS,
      signal: cancellation.signal,
    });
    const { location } = response.headers;
    if (REDIRECTS.has(response.statusCode) && typeof location === 'string') return { location };
    return await pageOf(url, response, settings.bytesMax);
  } catch (thrown) {
    if (cancellation.reason) throw cancellation.reason;
    throw asToolFailure(thrown);
  } finally {
    // Kept open, a connection would outlive the judgement it was made by.
    void client.destroy().catch(() => undefined);
  }
}

/** undici asks the connector's `lookup` for a name; an address in the URL was judged already. */
function pinned(url: URL, { settings, resolve }: Fetching): buildConnector.BuildOptions {
  const allowed = isAllowed(url, settings);
  return {
    timeout: settings.connectTimeoutMs,
    autoSelectFamily: true,
    lookup: (host, _options, done) =>
      resolve(host, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error) done(error, []);
        else if (!first) done(Object.assign(new Error('No address.'), { code: 'ENOTFOUND' }), []);
        // One private address among public ones is a trap as well.
        else if (!allowed && !addresses.every(({ address }) => isPublicAddress(address))) done(refused(NOT_PUBLIC), []);
        else done(null, [...addresses]);
      }),
  };
}

async function pageOf(
  url: URL,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  bytesMax: number,
): Promise<PublicPage> {
  const cancel = (): void => void body.destroy();
  const source = { [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() as AsyncIterator<Buffer>, cancel };
  const plain = decompressed(source, textOf(headers['content-encoding']), 'The page');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of plain) {
    pieces.push(bytes);
    size += bytes.length;
    if (size > bytesMax) break;
  }
  cancel();
  return {
    url: url.href,
    status: statusCode,
    contentType: textOf(headers['content-type']) ?? '',
    bytes: Buffer.concat(pieces).subarray(0, bytesMax),
    isCut: size > bytesMax,
  };
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Everything but a refusal of ours is the page's own fault. */
function asToolFailure(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError && thrown.code === 'tool.rejected') return thrown;
  const { message } = connectionFailure(thrown, 'The page');
  return new GatewayError('tool.failed', message, { cause: thrown });
}
