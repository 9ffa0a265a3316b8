import { GatewayFailure, type GatewayClient } from './gateway-client.ts';
import { textArgument } from './text-argument.ts';
import type { World } from './world.ts';

/** A key as the gateway says it. */
export interface WireKey {
  readonly token: string;
  readonly key_name: string;
  readonly key_alias: string | null;
  readonly user_id: string | null;
  readonly role: string;
  readonly spend: number;
  readonly max_budget: number | null;
  readonly budget_duration: string | null;
  readonly blocked: boolean;
}

interface Around {
  readonly client: GatewayClient;
  readonly world: World;
  readonly signal: AbortSignal;
}

const HASH_OR_KEY = /^(?:[0-9a-f]{64}|sk-.*)$/;

/** How the gateway knows a key that somebody names by its alias, its hash or its text; `-` reads that from standard input. */
export async function idOfKey(said: string, { client, world, signal }: Around): Promise<string> {
  const named = (await textArgument(said, world, signal)).trim();
  if (HASH_OR_KEY.test(named)) return named;
  const query = new URLSearchParams({ key_alias: named });
  const { keys } = (await client.get(`/key/list?${query.toString()}`)) as { keys?: readonly string[] };
  const [id] = keys ?? [];
  if (id === undefined) throw new GatewayFailure(`There is no key "${named}"; "synthlang keys list" names them.`);
  return id;
}
