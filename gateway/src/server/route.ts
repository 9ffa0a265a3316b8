import type { Permission } from '../access/roles.ts';
import type { DialectId } from '../model/request.ts';
import type { JsonSchema, RouteTag } from '../model/route-facts.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';

/** Answers one request. */
export type Serve = (exchange: Exchange) => void | Promise<void>;
/** Who serves a path, by method. */
export type Methods = Readonly<Record<string, Serve>>;

/** The wire formats that callers speak. */
export type CallerDialect = Exclude<DialectId, 'cohere-chat' | 'ollama-chat'>;

/** What somebody who wants to use a route must know of it. The description of the API is made from these and nothing else. */
export interface RouteFacts {
  /** What it does, in one line. */
  readonly summary: string;
  readonly tag: RouteTag;
  /** Who may ask: anybody, whoever has a key, or whoever has this permission. */
  readonly access: 'anybody' | 'key' | Permission;
  /** The wire format that its errors are said in; OpenAI's where nothing is said. */
  readonly dialect?: CallerDialect;
  /** Whether it is a turn: switches and limits hold, and the answer's headers say who answered. */
  readonly isTurn?: boolean;
  readonly body?: RouteBody;
  /** The parameters of the query, as the properties of an object. */
  readonly query?: () => JsonSchema;
  /** Media types of the answer; JSON where nothing is said. */
  readonly answers?: readonly string[];
  /** Where whoever made the wire format describes it. */
  readonly manual?: string;
}

/** What a route reads. */
export interface RouteBody {
  readonly schema: () => JsonSchema;
  /** JSON where nothing is said. */
  readonly types?: readonly string[];
  readonly isOptional?: boolean;
}

/** A route that stands in the table, with what is to be known of it. */
export interface Route extends RouteFacts {
  readonly serve: Serve;
}

/** A path of the table and other names for it. */
export interface ServedPath {
  readonly paths: readonly [string, ...string[]];
  readonly methods: Readonly<Record<string, Route>>;
}

/** Paths with a name in them. */
export interface PathPattern {
  /** The paths that it finds, by templates like `/v1/files/{id}`, and what they take. Those of one list are the same. */
  readonly describes: (ports: ServerPorts) => readonly DescribedPath[];
  readonly find: (path: string, ports: ServerPorts, method: string) => Methods | undefined;
}

/** A path as the description of the API has it. */
export interface DescribedPath {
  readonly paths: readonly [string, ...string[]];
  readonly methods: Readonly<Record<string, RouteFacts>>;
}

/** A body whose fields are checked elsewhere: these are the usual ones, and any other may stand beside them. */
export function usualFields(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): RouteBody {
  return { schema: () => ({ type: 'object', properties, required, additionalProperties: true }) };
}

/** A body whose fields are these and no other. */
export function onlyFields(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): RouteBody {
  return { schema: () => ({ type: 'object', properties, required, additionalProperties: false }) };
}
