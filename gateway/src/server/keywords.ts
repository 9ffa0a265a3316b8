import { authenticate } from '../access/authenticate.ts';
import { authorize } from '../access/roles.ts';
import { GatewayError } from '../model/error.ts';
import { newPattern, patternChange, patternOut, settingsChange, settingsOut } from '../keyword/pattern-wire.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';

type Body = Readonly<Record<string, unknown>>;

/** One route of `/v1/keywords/*`: what it answers, once it is clear that an admin asks. */
interface KeywordRoute {
  readonly takesBody: boolean;
  readonly answer: (engine: Engine, body: Body, name: string) => object | Promise<object>;
}

const listPatterns: KeywordRoute = {
  takesBody: false,
  answer: ({ keywords }) => ({
    patterns: keywords.patterns.map(patternOut),
    count: keywords.patterns.length,
    settings: settingsOut(keywords.settings),
  }),
};

const addPattern: KeywordRoute = {
  takesBody: true,
  answer: async ({ keywords, toolBox }, body) => {
    const pattern = newPattern(body, keywords.settings.defaultRole);
    await keywords.add(pattern);
    return { success: true, name: pattern.name, pattern: patternOut(pattern), ...warningFor(pattern.tool, toolBox) };
  },
};

const updatePattern: KeywordRoute = {
  takesBody: true,
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
  takesBody: false,
  answer: async ({ keywords }, _, name) => {
    await keywords.remove(name);
    return { success: true, name };
  },
};

const showSettings: KeywordRoute = {
  takesBody: false,
  answer: ({ keywords }) => ({ settings: settingsOut(keywords.settings) }),
};

const updateSettings: KeywordRoute = {
  takesBody: true,
  answer: async ({ keywords }, body) => {
    const { changes, updated } = settingsChange(body);
    await keywords.updateSettings(changes);
    return { success: true, settings: settingsOut(keywords.settings), updated_fields: updated };
  },
};

/** What is served under `/v1/keywords/patterns`. */
export const PATTERNS = { GET: listPatterns, POST: addPattern } as const;
/** What is served under `/v1/keywords/patterns/{name}`. */
export const PATTERN = { PUT: updatePattern, DELETE: removePattern } as const;
/** What is served under `/v1/keywords/settings`. */
export const SETTINGS = { GET: showSettings, PUT: updateSettings } as const;

/** Serves one of them, to admins alone. */
export async function serveKeywords(
  exchange: Exchange,
  { takesBody, answer }: KeywordRoute,
  { engine: engineNow, clocks }: ServerPorts,
  name = '',
): Promise<void> {
  const engine = engineNow();
  authorize(authenticate(exchange.headers, engine.keyring), 'keywords.manage');
  const body = takesBody ? jsonObject(await exchange.readBody(engine.bodyBytesMax)) : {};
  const said = await answer(engine, body, name);
  sendJson(exchange, 200, { ...said, timestamp: Math.floor(clocks.nowMs() / 1000) });
}

/** A tool may come later; until then the pattern finds nothing, which somebody should know. */
function warningFor(tool: string, toolBox: Engine['toolBox']): object {
  return toolBox.find(tool) ? {} : { warnings: [`there is no tool "${tool}" here, so the pattern has no effect`] };
}
