/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a route belongs to, as the page about the API groups them, in this order. */
export const ROUTE_TAGS = [
  'Chat',
  'Models',
  'Texts',
  'Pictures and sounds',
  'Files and batches',
  'Prompts',
  'Tools and keywords',
  'Cache',
  'Keys',
  'Spend and records',
  'Operations',
] as const;

/** One of those groups. */
export type RouteTag = (typeof ROUTE_TAGS)[number];
