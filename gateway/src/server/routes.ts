import { GatewayError } from '../model/error.ts';
import { openaiPath } from './azure-route.ts';
import { bedrockPattern, chatRoutes, deploymentPattern, geminiPattern } from './chat-routes.ts';
import type { ServerPorts } from './contract.ts';
import { documentRoutes } from './document-routes.ts';
import { responsePattern } from './kept-responses.ts';
import { keywordPattern } from './keywords.ts';
import { objectPattern } from './object-routes.ts';
import { modelPattern, operationRoutes, type ServerState } from './operation-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import type { DescribedPath, Methods, PathPattern, Serve, ServedPath } from './route.ts';
import { uiRoutes } from './ui-routes.ts';
import { throughPattern } from './through-routes.ts';

/** Paths with a name in them, in the order in which they are looked through. */
const PATTERNS: readonly PathPattern[] = [
  geminiPattern,
  deploymentPattern,
  bedrockPattern,
  modelPattern,
  keywordPattern,
  objectPattern,
  responsePattern,
  throughPattern,
];

/** All that this server serves. */
export interface Routes {
  /** Finds who serves a path and method. Throws `route.unknown` or `route.method`. */
  readonly find: (method: string, path: string) => Serve;
  /** The same for whoever wants to read about it. */
  readonly described: () => readonly DescribedPath[];
}

/** Makes the table of routes. */
export function routes(ports: ServerPorts, state: ServerState): Routes {
  const served: readonly ServedPath[] = [
    ...chatRoutes(ports),
    ...providerRoutes(ports),
    ...operationRoutes(ports, state),
    ...ownRoutes(ports),
    ...documentRoutes(ports, () => described()),
    ...uiRoutes(ports),
  ];
  const described = () => [...served, ...PATTERNS.flatMap(({ describes }) => describes(ports)), renamed];
  const table = tableOf(served);
  const find: Routes['find'] = (method, path) => {
    const found = table.get(path) ?? patterned(path, ports, method) ?? table.get(openaiPath(path) ?? '');
    if (!found) throw new GatewayError('route.unknown', `There is no ${method} ${path.slice(0, 200)}.`);
    const serve = found[method] ?? (method === 'HEAD' ? found['GET'] : undefined);
    if (!serve)
      throw new GatewayError('route.method', `${path} takes ${Object.keys(found).join(', ')}, not ${method}.`);
    return serve;
  };
  return { find, described };
}

function tableOf(served: readonly ServedPath[]): ReadonlyMap<string, Methods> {
  return new Map(
    served.flatMap(({ paths, methods }) => {
      const serves = Object.fromEntries(Object.entries(methods).map(([method, { serve }]) => [method, serve]));
      return paths.map((path): [string, Methods] => [path, serves]);
    }),
  );
}

function patterned(path: string, ports: ServerPorts, method: string): Methods | undefined {
  for (const { find } of PATTERNS) {
    const found = find(path, ports, method);
    if (found) return found;
  }
  return undefined;
}

const ANYTHING = {
  summary: 'Any other path of OpenAI’s, as Azure’s clients ask for it.',
  tag: 'Chat',
  access: 'key',
} as const;
const renamed: DescribedPath = {
  paths: ['/openai/v1/{path}', '/openai/{path}'],
  methods: { GET: ANYTHING, POST: { ...ANYTHING, body: { schema: () => ({}), types: ['*/*'] } } },
};
