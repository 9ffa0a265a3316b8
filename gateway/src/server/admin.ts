import type { AdminRoute } from '../admin/contract.ts';
import { authenticate } from '../access/authenticate.ts';
import { authorize } from '../access/roles.ts';
import type { ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';

/** Serves one route of the management API to whoever may use it. */
export async function serveAdmin(
  exchange: Exchange,
  route: AdminRoute,
  { engine: engineNow }: ServerPorts,
): Promise<void> {
  const engine = engineNow();
  const caller = authenticate(exchange.headers, engine.keyring);
  authorize(caller, route.permission);
  const body = route.body ? jsonObject(await exchange.readBody(engine.bodyBytesMax)) : {};
  sendJson(exchange, 200, await route.answer({ caller, body, query: new URLSearchParams(exchange.query) }));
}
