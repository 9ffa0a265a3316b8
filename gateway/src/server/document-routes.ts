import { GatewayError } from '../model/error.ts';
import { entityTag } from '../pages/entity-tag.ts';
import { apiDocument } from './api-document.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { type Exchange, sendBytes } from './exchange.ts';
import type { DescribedPath, Route, ServedPath } from './route.ts';

/** The document as it is sent, and the engine whose settings it tells of. */
interface Written {
  readonly engine: Engine;
  readonly bytes: Buffer;
  readonly tag: string;
}

/** `/openapi.json`: what is served here, for programs. It has no secrets in it, so it takes no key. */
export function documentRoutes(ports: ServerPorts, described: () => readonly DescribedPath[]): readonly ServedPath[] {
  let written: Written | undefined;
  /** Nobody may ever want it, so it is made when it is asked for, and once for each configuration. */
  const document = (): Written => {
    const engine = ports.engine();
    if (!engine.pages.docs) throw new GatewayError('route.unknown', 'The docs are switched off (server.docs).');
    if (written?.engine === engine) return written;
    const bytes = Buffer.from(JSON.stringify(apiDocument(described(), ports.version)));
    return (written = { engine, bytes, tag: entityTag(bytes) });
  };
  const openapi: Route = {
    summary: 'This description, by OpenAPI 3.1.',
    tag: 'Operations',
    access: 'anybody',
    serve: (exchange) => {
      const { bytes, tag } = document();
      sendTagged(exchange, { bytes, tag, headers: ['content-type', 'application/json'] });
    },
  };
  return [{ paths: ['/openapi.json'], methods: { GET: openapi } }];
}

/** Something to read that stays the same for a while. */
interface TaggedPage {
  readonly bytes: Buffer;
  readonly tag: string;
  readonly headers: readonly string[];
}

/** Sends it, or says that the caller has it already. */
function sendTagged(exchange: Exchange, { bytes, tag, headers }: TaggedPage): void {
  const always = ['etag', tag, 'cache-control', 'no-cache', 'x-content-type-options', 'nosniff'];
  const known = exchange.headers['if-none-match'];
  const isKnown = typeof known === 'string' && known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  if (isKnown) sendBytes(exchange, 304, Buffer.alloc(0), always);
  else sendBytes(exchange, 200, bytes, [...headers, ...always]);
}
