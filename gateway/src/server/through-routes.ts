import type { UpstreamRequest } from '../model/upstream.ts';
import { asked } from '../passthrough/straight.ts';
import { throughTarget } from '../passthrough/through.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { straightOperation, streamed } from './straight-operations.ts';

type Methods = Readonly<Record<string, (exchange: Exchange) => Promise<void>>>;

const METHODS: readonly UpstreamRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** Paths that the operator lets through to an address, whatever is asked there. */
export function throughRoute(path: string, ports: ServerPorts): Methods | undefined {
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
