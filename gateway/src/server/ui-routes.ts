import { GatewayError } from '../model/error.ts';
import { readPageFile, UI_FILES } from '../pages/page-files.ts';
import type { ServerPorts } from './contract.ts';
import { fileRoutes, sendPage } from './page-routes.ts';
import type { Route, ServedPath } from './route.ts';

/** `/ui`: the page for people who run the gateway. It is the same for everybody; what it shows is asked for with a key. */
export function uiRoutes(ports: ServerPorts): readonly ServedPath[] {
  const refuseSwitchedOff = (): void => {
    if (ports.engine().pages.ui) return;
    throw new GatewayError('route.unknown', 'The page is switched off (server.ui).');
  };
  const ui: Route = {
    summary: 'A page for people who run the gateway; it asks for a key.',
    tag: 'Operations',
    access: 'anybody',
    answers: ['text/html'],
    serve: async (exchange) => {
      refuseSwitchedOff();
      const page = await readPageFile('ui.html');
      if (page) sendPage(exchange, page);
    },
  };
  return [{ paths: ['/ui'], methods: { GET: ui } }, fileRoutes('/ui', UI_FILES, refuseSwitchedOff)];
}
