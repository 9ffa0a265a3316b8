/**
 * What admins do over HTTP: ordinary requests and answers, by LiteLLM's paths and fields where LiteLLM has them. A route
 * says what it permits as data; the server checks it, reads the body and sends the answer.
 */
import type { Permission } from '../access/roles.ts';
import type { JsonSchema, RouteTag } from '../model/route-facts.ts';
import type { Caller } from '../model/turn.ts';

/** One request of a caller who may make it. */
export interface AdminAsk {
  readonly caller: Caller;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One thing that admins, or owners of keys, can ask. */
export interface AdminRoute {
  /** What it does, in one line. */
  readonly summary: string;
  readonly tag: RouteTag;
  readonly permission: Permission;
  /** What its body may be; absent where it reads none. */
  readonly body?: () => JsonSchema;
  /** What may stand in its query. */
  readonly query?: () => JsonSchema;
  readonly answer: (ask: AdminAsk) => object | Promise<object>;
}

/** All of them, by path and method. */
export type AdminRoutes = ReadonlyMap<string, AdminMethods>;
/** What one path takes. */
export type AdminMethods = Partial<Readonly<Record<'GET' | 'POST', AdminRoute>>>;
