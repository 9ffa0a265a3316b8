import { GatewayError } from '../model/error.ts';
import { docsPage, type ShownDocument } from '../pages/docs-page.ts';
import { DOCS_FILES } from '../pages/page-files.ts';
import { apiDocument } from './api-document.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { fileRoutes, type Page, pageOf, sendPage } from './page-routes.ts';
import type { DescribedPath, Route, ServedPath } from './route.ts';

/** The document as it is sent, and the engine whose settings it tells of. */
interface Written {
  readonly engine: Engine;
  readonly page: Page;
}

/** `/openapi.json` and `/docs`: what is served here, for programs and for people. There are no secrets in it, so it takes no key. */
export function documentRoutes(ports: ServerPorts, described: () => readonly DescribedPath[]): readonly ServedPath[] {
  let written: Written | undefined;
  const refuseSwitchedOff = (): void => {
    if (ports.engine().pages.docs) return;
    throw new GatewayError('route.unknown', 'The docs are switched off (server.docs).');
  };
  const document = () => apiDocument(described(), ports.version);
  /** Nobody may ever want it, so it is made when it is asked for, and once for each configuration. */
  const json = (): Page => {
    const engine = ports.engine();
    if (written?.engine !== engine) written = { engine, page: pageOf(JSON.stringify(document()), 'application/json') };
    return written.page;
  };
  const page = (): Page => pageOf(docsPage(document() as unknown as ShownDocument), 'text/html; charset=utf-8');
  const shown = (summary: string, make: () => Page, type: string): Route => ({
    summary,
    tag: 'Operations',
    access: 'anybody',
    answers: [type],
    serve: (exchange) => {
      refuseSwitchedOff();
      sendPage(exchange, make());
    },
  });
  return [
    {
      paths: ['/openapi.json'],
      methods: { GET: shown('This description, by OpenAPI 3.1.', json, 'application/json') },
    },
    { paths: ['/docs'], methods: { GET: shown('The same for people.', page, 'text/html') } },
    fileRoutes('/docs', DOCS_FILES, refuseSwitchedOff),
  ];
}
