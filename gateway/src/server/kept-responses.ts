import { authenticate } from '../access/authenticate.ts';
import type { Caller } from '../model/turn.ts';
import type { ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import type { PathPattern } from './route.ts';

const PATH = /^(?:\/v1)?\/responses\/([A-Za-z0-9_-]{1,128})(?:\/(input_items))?$/;
const LIST_USUAL = 20;
const LIST_MAX = 100;

const FACTS = { tag: 'Chat', access: 'key' } as const;
const MANUAL = 'https://platform.openai.com/docs/api-reference/responses';
const page = () => ({
  type: 'object',
  properties: {
    order: { enum: ['asc', 'desc'], default: 'desc' },
    after: { type: 'string' },
    limit: { type: 'integer', maximum: LIST_MAX, default: LIST_USUAL },
  },
});

/** `/v1/responses/{id}`: what a key was answered before, for that key alone. https://platform.openai.com/docs/api-reference/responses/get */
export const responsePattern: PathPattern = {
  describes: () => [
    {
      paths: ['/v1/responses/{id}', '/responses/{id}'],
      methods: {
        GET: { ...FACTS, summary: 'A response that this key was given before.', manual: `${MANUAL}/get` },
        DELETE: { ...FACTS, summary: 'Forget a response.', manual: `${MANUAL}/delete` },
      },
    },
    {
      paths: ['/v1/responses/{id}/input_items', '/responses/{id}/input_items'],
      methods: {
        GET: { ...FACTS, summary: 'What a response was an answer to.', query: page, manual: `${MANUAL}/input-items` },
      },
    },
  ],
  find: (path, ports) => {
    const [, id, part] = PATH.exec(path) ?? [];
    if (id === undefined) return undefined;
    const caller = ({ headers }: Exchange): Caller => authenticate(headers, ports.engine().keyring);
    if (part !== undefined) return { GET: async (exchange) => listInput(exchange, id, caller(exchange), ports) };
    return {
      GET: async (exchange) => sendJson(exchange, 200, await ports.engine().responses.show(id, caller(exchange))),
      DELETE: async (exchange) => {
        await ports.engine().responses.remove(id, caller(exchange));
        sendJson(exchange, 200, { id, object: 'response', deleted: true });
      },
    };
  },
};

/** Newest first, unless `order=asc`. */
async function listInput(exchange: Exchange, id: string, caller: Caller, ports: ServerPorts): Promise<void> {
  const query = new URLSearchParams(exchange.query);
  const items = await ports.engine().responses.input(id, caller);
  const ordered = query.get('order') === 'asc' ? items : items.toReversed();
  const after = query.get('after');
  const from = after === null ? 0 : ordered.findIndex((item) => item['id'] === after) + 1;
  const wanted = Number(query.get('limit') ?? LIST_USUAL);
  const limit = Math.min(Number.isInteger(wanted) && wanted > 0 ? wanted : LIST_USUAL, LIST_MAX);
  const data = ordered.slice(from, from + limit);
  const [first_id = null, last_id = null] = [data[0]?.['id'], data.at(-1)?.['id']];
  sendJson(exchange, 200, { object: 'list', data, first_id, last_id, has_more: from + limit < ordered.length });
}
