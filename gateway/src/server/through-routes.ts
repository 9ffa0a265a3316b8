import type { UpstreamRequest } from '../model/upstream.ts';
import { asked } from '../passthrough/straight.ts';
import { throughTarget } from '../passthrough/through.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import type { DescribedPath, Methods, PathPattern, RouteFacts } from './route.ts';
import { straightOperation, streamed } from './straight-operations.ts';

const METHODS: readonly UpstreamRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

const FACTS: RouteFacts = {
  summary: 'Passed on as it is to an address that the operator chose. What follows may have slashes in it.',
  tag: 'Operations',
  access: 'key',
  isTurn: true,
  answers: ['*/*'],
};
const READING: readonly UpstreamRequest['method'][] = ['GET', 'HEAD'];
const ANYTHING = { schema: () => ({}), types: ['*/*'], isOptional: true };

/** Paths that the operator lets through to an address, whatever is asked there. */
export const throughPattern: PathPattern = {
  describes: (ports) =>
    ports.engine().operations.through.prefixes.flatMap((prefix) =>
      [prefix, `${prefix}/{path}`].map(
        (path): DescribedPath => ({
          paths: [path],
          methods: Object.fromEntries(
            METHODS.map((method) => [method, READING.includes(method) ? FACTS : { ...FACTS, body: ANYTHING }]),
          ),
        }),
      ),
    ),
  find: throughRoute,
};

function throughRoute(path: string, ports: ServerPorts): Methods | undefined {
  const engine = ports.engine();
  const { through, passage } = engine.operations;
  const route = through.find(path);
  if (!route) return undefined;
  const serve = (method: UpstreamRequest['method']) => (exchange: Exchange) => {
    const { headers } = exchange;
    const type = headers['content-type'];
    const prepare = () => {
      const target = throughTarget(route, path, exchange.query);
      const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
      const request = {
        method,
        path: target.path,
        ...(typeof type === 'string' ? { contentType: type } : {}),
        ...(hasBody && headers['content-length'] !== '0' ? { stream: streamed(exchange, engine) } : {}),
      };
      return {
        id: 'pass-through' as const,
        name: route.prefix,
        isUnmetered: true,
        saysSomething: true,
        ask: (trail: Parameters<typeof asked>[0]) => asked(trail, target.deployment, request, passage),
      };
    };
    return straightOperation(exchange, prepare, engine, ports);
  };
  return Object.fromEntries(METHODS.map((method) => [method, serve(method)]));
}
