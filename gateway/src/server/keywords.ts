import { authenticate } from '../access/authenticate.ts';
import { authorize } from '../access/roles.ts';
import { GatewayError } from '../model/error.ts';
import {
  KEYWORD_BODIES,
  newPattern,
  patternChange,
  patternOut,
  settingsChange,
  settingsOut,
} from '../keyword/pattern-wire.ts';
import type { JsonSchema } from '../model/route-facts.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import type { PathPattern, Route, ServedPath } from './route.ts';

type Body = Readonly<Record<string, unknown>>;

/** One route of `/v1/keywords/*`: what it answers, once it is clear that an admin asks. */
interface KeywordRoute {
  readonly summary: string;
  readonly body?: () => JsonSchema;
  readonly answer: (engine: Engine, body: Body, name: string) => object | Promise<object>;
}

const listPatterns: KeywordRoute = {
  summary: 'The patterns that find tools in messages, and how they are used.',
  answer: ({ keywords }) => ({
    patterns: keywords.patterns.map(patternOut),
    count: keywords.patterns.length,
    settings: settingsOut(keywords.settings),
  }),
};

const addPattern: KeywordRoute = {
  summary: 'Add a pattern.',
  body: KEYWORD_BODIES.newPattern,
  answer: async ({ keywords, toolBox }, body) => {
    const pattern = newPattern(body, keywords.settings.defaultRole);
    await keywords.add(pattern);
    return { success: true, name: pattern.name, pattern: patternOut(pattern), ...warningFor(pattern.tool, toolBox) };
  },
};

const updatePattern: KeywordRoute = {
  summary: 'Change a pattern.',
  body: KEYWORD_BODIES.patternChange,
  answer: async ({ keywords, toolBox }, body, name) => {
    const { changes, updated } = patternChange(body);
    if (changes.name !== undefined && changes.name !== name)
      throw new GatewayError('request.invalid', 'A pattern keeps its name; delete it and make another one.', {
        param: 'name',
      });
    await keywords.update(name, changes);
    const pattern = keywords.pattern(name);
    return {
      success: true,
      name,
      pattern: patternOut(pattern),
      updated_fields: updated,
      ...warningFor(pattern.tool, toolBox),
    };
  },
};

const removePattern: KeywordRoute = {
  summary: 'Remove a pattern.',
  answer: async ({ keywords }, _, name) => {
    await keywords.remove(name);
    return { success: true, name };
  },
};

const showSettings: KeywordRoute = {
  summary: 'How messages are searched for tools.',
  answer: ({ keywords }) => ({ settings: settingsOut(keywords.settings) }),
};

const updateSettings: KeywordRoute = {
  summary: 'Change how messages are searched for tools.',
  body: KEYWORD_BODIES.settingsChange,
  answer: async ({ keywords }, body) => {
    const { changes, updated } = settingsChange(body);
    await keywords.updateSettings(changes);
    return { success: true, settings: settingsOut(keywords.settings), updated_fields: updated };
  },
};

const PATTERNS = { GET: listPatterns, POST: addPattern } as const;
const PATTERN = { PUT: updatePattern, DELETE: removePattern } as const;
const SETTINGS = { GET: showSettings, PUT: updateSettings } as const;

/** `/v1/keywords/patterns` and `/v1/keywords/settings`. */
export function keywordRoutes(ports: ServerPorts): readonly ServedPath[] {
  return [
    { paths: ['/v1/keywords/patterns'], methods: routesOf(PATTERNS, ports) },
    { paths: ['/v1/keywords/settings'], methods: routesOf(SETTINGS, ports) },
  ];
}

/** `/v1/keywords/patterns/{name}`. */
export const keywordPattern: PathPattern = {
  describes: (ports) => [{ paths: ['/v1/keywords/patterns/{name}'], methods: routesOf(PATTERN, ports) }],
  find: (path, ports) => {
    const name = /^\/v1\/keywords\/patterns\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined) return undefined;
    const methods = Object.entries(routesOf(PATTERN, ports, name));
    return Object.fromEntries(methods.map(([method, { serve }]) => [method, serve]));
  },
};

function routesOf(
  routes: Readonly<Record<string, KeywordRoute>>,
  ports: ServerPorts,
  name?: string,
): Readonly<Record<string, Route>> {
  const facts = { tag: 'Tools and keywords', access: 'keywords.manage' } as const;
  return Object.fromEntries(
    Object.entries(routes).map(([method, route]): [string, Route] => {
      const { summary, body } = route;
      const serve: Route['serve'] = (exchange) => serveKeywords(exchange, route, ports, name);
      return [method, { ...facts, summary, ...(body ? { body: { schema: body } } : {}), serve }];
    }),
  );
}

/** Serves one of them, to admins alone. */
async function serveKeywords(
  exchange: Exchange,
  { body: reads, answer }: KeywordRoute,
  { engine: engineNow, clocks }: ServerPorts,
  name = '',
): Promise<void> {
  const engine = engineNow();
  authorize(authenticate(exchange.headers, engine.keyring), 'keywords.manage');
  const body = reads ? jsonObject(await exchange.readBody(engine.bodyBytesMax)) : {};
  const said = await answer(engine, body, name);
  sendJson(exchange, 200, { ...said, timestamp: Math.floor(clocks.nowMs() / 1000) });
}

/** A tool may come later; until then the pattern finds nothing, which somebody should know. */
function warningFor(tool: string, toolBox: Engine['toolBox']): object {
  return toolBox.find(tool) ? {} : { warnings: [`there is no tool "${tool}" here, so the pattern has no effect`] };
}
