import { authenticate } from '../access/authenticate.ts';
import type { Caller } from '../model/turn.ts';
import type { ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';

type Methods = Readonly<Record<string, (exchange: Exchange) => void>>;

const PATH = /^(?:\/v1)?\/responses\/([A-Za-z0-9_-]{1,128})(?:\/(input_items))?$/;
const LIST_USUAL = 20;
const LIST_MAX = 100;

/** `/v1/responses/{id}`: what a key was answered before, for that key alone. https://platform.openai.com/docs/api-reference/responses/get */
export function responseRoute(path: string, ports: ServerPorts): Methods | undefined {
  const [, id, part] = PATH.exec(path) ?? [];
  if (id === undefined) return undefined;
  const caller = ({ headers }: Exchange): Caller => authenticate(headers, ports.engine().keyring);
  if (part !== undefined) return { GET: (exchange) => listInput(exchange, id, caller(exchange), ports) };
  return {
    GET: (exchange) => sendJson(exchange, 200, ports.engine().responses.show(id, caller(exchange))),
    DELETE: (exchange) => {
      ports.engine().responses.remove(id, caller(exchange));
      sendJson(exchange, 200, { id, object: 'response', deleted: true });
    },
  };
}

/** Newest first, unless `order=asc`. */
function listInput(exchange: Exchange, id: string, caller: Caller, ports: ServerPorts): void {
  const query = new URLSearchParams(exchange.query);
  const items = ports.engine().responses.input(id, caller);
  const ordered = query.get('order') === 'asc' ? items : items.toReversed();
  const after = query.get('after');
  const from = after === null ? 0 : ordered.findIndex((item) => item['id'] === after) + 1;
  const wanted = Number(query.get('limit') ?? LIST_USUAL);
  const limit = Math.min(Number.isInteger(wanted) && wanted > 0 ? wanted : LIST_USUAL, LIST_MAX);
  const data = ordered.slice(from, from + limit);
  const [first_id = null, last_id = null] = [data[0]?.['id'], data.at(-1)?.['id']];
  sendJson(exchange, 200, { object: 'list', data, first_id, last_id, has_more: from + limit < ordered.length });
}
