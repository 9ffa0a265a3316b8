import { z } from 'zod';
import type { KeyDesk } from '../access/key-desk.ts';
import { authorize } from '../access/roles.ts';
import type { LiveKey, VirtualKeys } from '../access/virtual-keys.ts';
import { GatewayError } from '../model/error.ts';
import type { AdminAsk, AdminMethods, AdminRoute, AdminRoutes } from './contract.ts';
import { DeleteKeys, GenerateKey, keyOut, NameKey, UpdateKey, wishOf } from './key-fields.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { queryNumber, readFields, readQuery } from './read-fields.ts';

/** What the routes about keys need. */
export interface KeyRoutePorts {
  readonly desk: KeyDesk;
  readonly keys: VirtualKeys;
  readonly nowMs: () => number;
}

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 100;
const ListQuery = z.strictObject({
  page: queryNumber(1),
  size: queryNumber(PAGE_SIZE, PAGE_SIZE_MAX),
  user_id: z.string().optional(),
  key_alias: z.string().optional(),
  return_full_object: z.enum(['true', 'false']).default('false'),
});
const InfoQuery = z.strictObject({ key: z.string().min(1).optional() });

/** `/key/*` by LiteLLM's paths and fields. */
export function keyRoutes(ports: KeyRoutePorts): AdminRoutes {
  const manage = (
    summary: string,
    body: z.ZodType,
    act: (ports: KeyRoutePorts, ask: AdminAsk) => Promise<object>,
  ): AdminMethods => ({
    POST: {
      summary,
      tag: 'Keys',
      permission: 'keys.manage',
      body: jsonSchemaOf(body),
      answer: (ask) => act(ports, ask),
    },
  });
  const look = (summary: string, permission: AdminRoute['permission'], query: z.ZodType) => ({
    summary,
    tag: 'Keys' as const,
    permission,
    query: jsonSchemaOf(query),
  });
  const info = look('One key; without `key`, the one that asks.', 'keys.read-own', InfoQuery);
  const all = look('The keys that admins made, newest first.', 'keys.manage', ListQuery);
  return new Map<string, AdminMethods>([
    ['/key/generate', manage('Make a key. Its text is said this once.', GenerateKey, generate)],
    ['/key/update', manage('Change what a key may do. A field that is null is taken away.', UpdateKey, update)],
    ['/key/delete', manage('Delete keys.', DeleteKeys, remove)],
    ['/key/block', manage('Block a key until it is unblocked.', NameKey, (own, ask) => block(own, ask, true))],
    ['/key/unblock', manage('Let a blocked key in again.', NameKey, (own, ask) => block(own, ask, false))],
    ['/key/info', { GET: { ...info, answer: (ask) => show(ports, ask) } }],
    ['/key/list', { GET: { ...all, answer: (ask) => list(ports, ask) } }],
  ]);
}

async function generate({ desk, nowMs }: KeyRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const { key: own, ...said } = readFields(GenerateKey, body);
  const { key, live } = await desk.generate(wishOf(said), caller.keyId, own);
  return { key, token_id: live.record.id, ...keyOut(live, nowMs()) };
}

async function update({ desk, keys, nowMs }: KeyRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const { key, ...said } = readFields(UpdateKey, body);
  const live = await desk.update(found(keys, key), wishOf(said), caller.keyId);
  return { key: live.record.id, ...keyOut(live, nowMs()) };
}

async function remove({ desk, keys }: KeyRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const said = readFields(DeleteKeys, body);
  const named = said.keys.map((key) => found(keys, key));
  const aliased = said.key_aliases.map((alias) => known(keys.withAlias(alias), 'key_aliases'));
  const lives = [...new Map([...named, ...aliased].map((live) => [live.record.id, live])).values()];
  if (lives.length === 0)
    throw new GatewayError('request.invalid', 'Name the keys to delete in `keys` or `key_aliases`.', { param: 'keys' });
  await desk.remove(lives, caller.keyId);
  return { deleted_keys: [...said.keys, ...said.key_aliases] };
}

async function block(ports: KeyRoutePorts, { body, caller }: AdminAsk, blocked: boolean): Promise<object> {
  const { key } = readFields(NameKey, body);
  const action = blocked ? 'key.block' : 'key.unblock';
  const live = await ports.desk.update(found(ports.keys, key), { blocked }, caller.keyId, action);
  return keyOut(live, ports.nowMs());
}

/** Everybody may look at the key they ask with; only admins at others. */
function show({ keys, nowMs }: KeyRoutePorts, { query, caller }: AdminAsk): object {
  const { key = caller.keyId } = readQuery(InfoQuery, query);
  const live = keys.find(key);
  if (live?.record.id !== caller.keyId) authorize(caller, 'keys.manage');
  return { key: known(live, 'key').record.id, info: keyOut(known(live, 'key'), nowMs()) };
}

function list({ keys, nowMs }: KeyRoutePorts, { query }: AdminAsk): object {
  const { page, size, user_id: userId, key_alias: alias, return_full_object: full } = readQuery(ListQuery, query);
  const wanted = keys
    .all()
    .filter(({ record }) => (userId ?? record.userId) === record.userId && (alias ?? record.alias) === record.alias)
    .toSorted((a, b) => b.record.createdAt - a.record.createdAt || (a.record.id < b.record.id ? -1 : 1));
  const shown = wanted.slice((page - 1) * size, page * size);
  return {
    keys: shown.map((live) => (full === 'true' ? keyOut(live, nowMs()) : live.record.id)),
    total_count: wanted.length,
    current_page: page,
    total_pages: Math.ceil(wanted.length / size),
  };
}

function found(keys: VirtualKeys, keyOrId: string): LiveKey {
  return known(keys.find(keyOrId), 'key');
}

function known(live: LiveKey | undefined, param: string): LiveKey {
  if (live) return live;
  throw new GatewayError('record.unknown', 'There is no such key among those that admins made.', { param });
}
