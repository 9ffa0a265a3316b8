import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import { chatFacts } from './chat-facts.ts';
import type { ServerPorts } from './contract.ts';
import { sendBytes, sendJson, type Exchange } from './exchange.ts';
import { listModels, showModel } from './models.ts';
import type { DescribedPath, PathPattern, Route, RouteFacts, Serve, ServedPath } from './route.ts';
import { explainRoute, showTargets } from './routing-routes.ts';

/** What the routes may know of the server they run in. */
export interface ServerState {
  /** `false` once the server is stopping. */
  readonly isReady: () => boolean;
  readonly startedAt: number;
}

const open = { tag: 'Operations', access: 'anybody' } as const;
const MODELS: RouteFacts = {
  summary: 'The models that this key may ask, with their prices. Anthropic’s clients are answered in their own form.',
  tag: 'Models',
  access: 'key',
};
const GEMINI_MODELS: RouteFacts = {
  ...MODELS,
  summary: 'The same, in the form that Google’s clients know.',
  dialect: 'gemini-content',
};

/** What tells how the gateway does, and what it can be asked. */
export function operationRoutes(ports: ServerPorts, state: ServerState): readonly ServedPath[] {
  const models: Serve = (exchange) => listModels(exchange, ports.engine());
  const explained = chatFacts('openai-chat');
  return [
    { paths: ['/v1/models', '/models'], methods: { GET: { ...MODELS, serve: models } } },
    { paths: ['/v1beta/models', '/v1beta1/models'], methods: { GET: { ...GEMINI_MODELS, serve: models } } },
    ...healthRoutes(ports, state),
    get('/health/providers', {
      summary: 'How every target does that was asked.',
      tag: 'Operations',
      access: 'key',
      serve: (exchange) => showTargets(exchange, ports.engine()),
    }),
    get('/metrics', {
      summary: 'Numbers for Prometheus.',
      tag: 'Operations',
      access: 'key',
      answers: ['text/plain'],
      serve: (exchange) => metrics(exchange, ports),
    }),
    {
      paths: ['/admin/route/explain'],
      methods: {
        POST: {
          summary: 'Where a chat would go, and why. Nobody is asked.',
          tag: 'Operations',
          access: 'routes.read',
          ...(explained.body ? { body: explained.body } : {}),
          serve: (exchange) => explainRoute(exchange, ports.engine()),
        },
      },
    },
  ];
}

function healthRoutes(ports: ServerPorts, { isReady, startedAt }: ServerState): readonly ServedPath[] {
  const alive: Serve = (exchange) => sendJson(exchange, 200, { status: 'ok' });
  const ready: Serve = (exchange) =>
    sendJson(exchange, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'stopping' });
  const health: Serve = (exchange) => {
    const uptimeSeconds = Math.floor((ports.clocks.nowMs() - startedAt) / 1000);
    sendJson(exchange, isReady() ? 200 : 503, {
      status: isReady() ? 'ok' : 'stopping',
      version: ports.version,
      uptime_seconds: uptimeSeconds,
      timestamp: new Date(ports.clocks.nowMs()).toISOString(),
    });
  };
  const root: Serve = (exchange) =>
    sendJson(exchange, 200, {
      name: 'SynthLang Proxy',
      version: ports.version,
      status: isReady() ? 'ok' : 'stopping',
    });
  return [
    get('/', { ...open, summary: 'What this is.', serve: root }),
    get('/health', { ...open, summary: 'Version and uptime.', serve: health }),
    {
      paths: ['/health/liveliness', '/health/liveness'],
      methods: { GET: { ...open, summary: 'Whether the process runs.', serve: alive } },
    },
    get('/health/readiness', { ...open, summary: 'Whether requests are welcome; 503 while stopping.', serve: ready }),
  ];
}

function get(path: string, route: Route): ServedPath {
  return { paths: [path], methods: { GET: route } };
}

/** One model by its name. */
export const modelPattern: PathPattern = {
  describes: (): readonly DescribedPath[] => [
    {
      paths: ['/v1/models/{model}', '/models/{model}'],
      methods: { GET: { ...MODELS, summary: 'One model. Its name may have slashes in it.' } },
    },
    {
      paths: ['/v1beta/models/{model}', '/v1beta1/models/{model}'],
      methods: { GET: { ...GEMINI_MODELS, summary: 'The same, in the form that Google’s clients know.' } },
    },
  ],
  find: (path, ports, method) => {
    const [, version, id] = /^\/(?:(v1|v1beta|v1beta1)\/)?models\/(.+)$/.exec(path) ?? [];
    // What Google's clients post to a model is an operation, and one that nobody knows isn't there.
    const isOperation = version?.startsWith('v1beta') === true && !['GET', 'HEAD'].includes(method);
    if (id === undefined || isOperation) return undefined;
    return { GET: (exchange) => showModel(exchange, id, ports.engine()) };
  },
};

/** Numbers tell who asks how much of what, so they take a key like everything else. */
async function metrics(exchange: Exchange, { metricsText, engine }: ServerPorts): Promise<void> {
  authenticate(exchange.headers, engine().keyring);
  if (!metricsText) throw new GatewayError('route.unknown', 'Metrics are switched off (metrics.enabled).');
  sendBytes(exchange, 200, Buffer.from(await metricsText()), [
    'content-type',
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
}
