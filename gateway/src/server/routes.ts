import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import { ACT_PERMISSIONS, type ActName } from '../prompting/contract.ts';
import { cacheStats, clearCache } from './cache.ts';
import { textOperations } from '../passthrough/index.ts';
import { serveAdmin } from './admin.ts';
import { deployedChat, deploymentPath, openaiPath, withModel } from './azure-route.ts';
import { bedrockChat, bedrockPath } from './bedrock-route.ts';
import { chat, type ChatRoute } from './chat.ts';
import { compressText, decompressText } from './compress-text.ts';
import type { ServerPorts } from './contract.ts';
import { sendBytes, sendJson, type Exchange } from './exchange.ts';
import { countTokens, geminiChat, geminiPath } from './gemini-route.ts';
import { ingress } from './ingress.ts';
import { lenientIngress } from './lenient.ts';
import { PATTERN, PATTERNS, serveKeywords, SETTINGS } from './keywords.ts';
import { listModels, showModel } from './models.ts';
import { servePromptAct } from './prompt-acts.ts';
import { responseRoute } from './kept-responses.ts';
import { objectRoute } from './object-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import { explainRoute, showTargets } from './routing-routes.ts';
import { textOperation } from './text-operations.ts';
import { throughRoute } from './through-routes.ts';
import { callTool, listTools } from './tools.ts';

/** What the routes may know of the server they run in. */
export interface ServerState {
  /** `false` once the server is stopping. */
  readonly isReady: () => boolean;
  readonly startedAt: number;
}

type Serve = (exchange: Exchange) => void | Promise<void>;
type Methods = Readonly<Record<string, Serve>>;

const strict = (dialect: DialectId): ChatRoute => ({
  dialect,
  read: (bytes, { headers }) => ingress(bytes, dialect, headers),
});
const lenient: ChatRoute = {
  dialect: 'openai-chat',
  read: (bytes, { headers, query }) => lenientIngress(bytes, headers, new URLSearchParams(query)),
};

/** Finds who serves a path and method. Throws `route.unknown` or `route.method`. */
export function routes(ports: ServerPorts, state: ServerState): (method: string, path: string) => Serve {
  const table = new Map<string, Methods>([
    ...chatRoutes(ports),
    ...providerRoutes(ports),
    ...operationRoutes(ports, state),
    ...toolRoutes(ports),
    ...promptRoutes(ports),
    ...adminRoutes(ports),
  ]);
  return (method, path) => {
    const found =
      table.get(path) ??
      geminiRoute(path, ports) ??
      deploymentRoute(path, ports) ??
      bedrockRoute(path, ports) ??
      modelRoute(method, path, ports) ??
      patternRoute(path, ports) ??
      objectRoute(path, ports) ??
      responseRoute(path, ports) ??
      throughRoute(path, ports) ??
      table.get(openaiPath(path) ?? '');
    if (!found) throw new GatewayError('route.unknown', `There is no ${method} ${path.slice(0, 200)}.`);
    const serve = found[method] ?? (method === 'HEAD' ? found['GET'] : undefined);
    if (!serve)
      throw new GatewayError('route.method', `${path} takes ${Object.keys(found).join(', ')}, not ${method}.`);
    return serve;
  };
}

function chatRoutes(ports: ServerPorts): [string, Methods][] {
  const serve = (route: ChatRoute): Methods => ({ POST: (exchange) => chat(exchange, route, ports.engine(), ports) });
  return [
    ['/v1/chat/completions', serve(strict('openai-chat'))],
    ['/chat/completions', serve(lenient)],
    ['/v1/completions', serve(strict('openai-completions'))],
    ['/completions', serve(strict('openai-completions'))],
    ['/v1/messages', serve(strict('anthropic-messages'))],
    ['/v1/responses', serve(strict('openai-responses'))],
    ['/responses', serve(strict('openai-responses'))],
  ];
}

function geminiRoute(path: string, ports: ServerPorts): Methods | undefined {
  const asked = geminiPath(path);
  if (!asked) return undefined;
  if (asked.operation === 'countTokens')
    return { POST: (exchange) => countTokens(exchange, asked, ports.engine(), ports) };
  return { POST: (exchange) => chat(exchange, geminiChat(asked), ports.engine(), ports) };
}

function bedrockRoute(path: string, ports: ServerPorts): Methods | undefined {
  const asked = bedrockPath(path);
  return asked && { POST: (exchange) => chat(exchange, bedrockChat(asked), ports.engine(), ports) };
}

/** What clients of Azure's ask, by the name of a deployment. */
function deploymentRoute(path: string, ports: ServerPorts): Methods | undefined {
  const asked = deploymentPath(path);
  if (!asked) return undefined;
  if (asked.operation !== 'embeddings')
    return { POST: (exchange) => chat(exchange, deployedChat(asked), ports.engine(), ports) };
  const route = { operation: textOperations.embeddings, named: (bytes: Buffer) => withModel(bytes, asked.model) };
  return { POST: (exchange) => textOperation(exchange, route, ports.engine(), ports) };
}

function operationRoutes(ports: ServerPorts, { isReady, startedAt }: ServerState): [string, Methods][] {
  const models: Methods = { GET: (exchange) => listModels(exchange, ports.engine()) };
  const alive: Methods = { GET: (exchange) => sendJson(exchange, 200, { status: 'ok' }) };
  const health: Serve = (exchange) => {
    const uptimeSeconds = Math.floor((ports.clocks.nowMs() - startedAt) / 1000);
    sendJson(exchange, isReady() ? 200 : 503, {
      status: isReady() ? 'ok' : 'stopping',
      version: ports.version,
      uptime_seconds: uptimeSeconds,
      timestamp: new Date(ports.clocks.nowMs()).toISOString(),
    });
  };
  const ready: Serve = (exchange) =>
    sendJson(exchange, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'stopping' });
  return [
    ['/v1/models', models],
    ['/models', models],
    ['/v1beta/models', models],
    ['/v1beta1/models', models],
    ['/health', { GET: health }],
    ['/health/liveliness', alive],
    ['/health/liveness', alive],
    ['/health/readiness', { GET: ready }],
    [
      '/',
      {
        GET: (exchange) =>
          sendJson(exchange, 200, {
            name: 'SynthLang Proxy',
            version: ports.version,
            status: isReady() ? 'ok' : 'stopping',
          }),
      },
    ],
    ['/v1/synthlang/compress', { POST: (exchange) => compressText(exchange, ports.engine(), ports) }],
    ['/v1/synthlang/decompress', { POST: (exchange) => decompressText(exchange, ports.engine(), ports) }],
    ['/health/providers', { GET: (exchange) => showTargets(exchange, ports.engine()) }],
    ['/admin/route/explain', { POST: (exchange) => explainRoute(exchange, ports.engine()) }],
    ['/metrics', { GET: (exchange) => metrics(exchange, ports) }],
  ];
}

function toolRoutes(ports: ServerPorts): [string, Methods][] {
  return [
    ['/v1/tools', { GET: (exchange) => listTools(exchange, ports.engine(), ports) }],
    ['/v1/tools/call', { POST: (exchange) => callTool(exchange, ports.engine(), ports) }],
    ['/v1/cache/stats', { GET: (exchange) => cacheStats(exchange, ports.engine()) }],
    ['/v1/cache/clear', { POST: (exchange) => clearCache(exchange, ports.engine(), ports) }],
    ['/v1/keywords/patterns', keywordMethods(PATTERNS, ports)],
    ['/v1/keywords/settings', keywordMethods(SETTINGS, ports)],
  ];
}

function promptRoutes(ports: ServerPorts): [string, Methods][] {
  return (Object.keys(ACT_PERMISSIONS) as ActName[]).map((name) => [
    `/v1/synthlang/${name}`,
    { POST: (exchange) => servePromptAct(exchange, name, ports) },
  ]);
}

function adminRoutes(ports: ServerPorts): [string, Methods][] {
  return [...(ports.admin ?? [])].map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, route]) => [
        method,
        (exchange: Exchange) => serveAdmin(exchange, route, ports),
      ]),
    ),
  ]);
}

function patternRoute(path: string, ports: ServerPorts): Methods | undefined {
  const name = /^\/v1\/keywords\/patterns\/([^/]+)$/.exec(path)?.[1];
  return name === undefined ? undefined : keywordMethods(PATTERN, ports, name);
}

function keywordMethods(
  routes: typeof PATTERNS | typeof PATTERN | typeof SETTINGS,
  ports: ServerPorts,
  name?: string,
): Methods {
  return Object.fromEntries(
    Object.entries(routes).map(([method, route]) => [
      method,
      (exchange) => serveKeywords(exchange, route, ports, name),
    ]),
  );
}

function modelRoute(method: string, path: string, ports: ServerPorts): Methods | undefined {
  const [, version, id] = /^\/(?:(v1|v1beta|v1beta1)\/)?models\/(.+)$/.exec(path) ?? [];
  // What Google's clients post to a model is an operation, and one that nobody knows isn't there.
  const isOperation = version?.startsWith('v1beta') === true && !['GET', 'HEAD'].includes(method);
  if (id === undefined || isOperation) return undefined;
  return { GET: (exchange) => showModel(exchange, id, ports.engine()) };
}

/** Numbers tell who asks how much of what, so they take a key like everything else. */
async function metrics(exchange: Exchange, { metricsText, engine }: ServerPorts): Promise<void> {
  authenticate(exchange.headers, engine().keyring);
  if (!metricsText) throw new GatewayError('route.unknown', 'Metrics are switched off (metrics.enabled).');
  sendBytes(exchange, 200, Buffer.from(await metricsText()), [
    'content-type',
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
}
