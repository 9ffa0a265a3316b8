import { GatewayError } from '../model/error.ts';
import { entityTag } from '../pages/entity-tag.ts';
import { readPageFile } from '../pages/page-files.ts';
import { type Exchange, sendBytes } from './exchange.ts';
import type { Route, ServedPath } from './route.ts';

/** Something to read that stays the same for a while. */
export interface Page {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

/** A page loads what this gateway serves and nothing else, runs no script of its own text, and stands in no frame. */
const PAGE_HEADERS: readonly string[] = [
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
].flat();

/** A text as a page. */
export function pageOf(text: string, type: string): Page {
  const bytes = Buffer.from(text);
  return { bytes, type, tag: entityTag(bytes) };
}

/** Sends a page, or says that the caller has it already. */
export function sendPage(exchange: Exchange, { bytes, type, tag }: Page): void {
  const always = ['etag', tag, 'cache-control', 'no-cache', 'x-content-type-options', 'nosniff', ...PAGE_HEADERS];
  const known = exchange.headers['if-none-match'];
  const isKnown = typeof known === 'string' && known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  if (isKnown) sendBytes(exchange, 304, Buffer.alloc(0), always);
  else sendBytes(exchange, 200, bytes, ['content-type', type, ...always]);
}

/** What a page under `folder` loads. */
export function fileRoutes(folder: string, names: readonly [string, ...string[]], guard: () => void): ServedPath {
  const file: Route = {
    summary: `What ${folder} loads.`,
    tag: 'Operations',
    access: 'anybody',
    answers: ['text/css', 'text/javascript', 'image/svg+xml'],
    serve: async (exchange) => {
      guard();
      const name = exchange.path.slice(folder.length + 1);
      const page = await readPageFile(name);
      if (!page) throw new GatewayError('route.unknown', `There is no ${exchange.path}.`);
      sendPage(exchange, page);
    },
  };
  const [first, ...others] = names.map((name) => `${folder}/${name}`);
  return { paths: [first ?? folder, ...others], methods: { GET: file } };
}
