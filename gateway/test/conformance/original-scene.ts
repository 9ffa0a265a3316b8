import { json, loopbackServer } from '../loopback.ts';
import { FORECAST, NEW_YORK } from '../open-meteo.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { say, usage } from '../scripted-provider/acts.ts';
import { type Answer, type AskOptions, openScene, type Scene } from './scene.ts';

/** The three keys that the original's tests and scripts ask with. */
export const KEYS = {
  basic: 'sk-basic-0123456789abcdef',
  premium: 'sk-premium-0123456789abcdef',
  admin: 'sk-admin-0123456789abcdef',
} as const;

/** The route that most of them ask. */
export const CHAT = '/v1/chat/completions';

/** A gateway as the original's tests want one: three roles, keyword patterns switched on, a weather service nearby. */
export interface OriginalScene extends Scene {
  /** Asks with the basic key, unless another is named. */
  readonly post: (path: string, body: unknown, options?: Asking) => Promise<Answer>;
  readonly look: (path: string, options?: Asking) => Promise<Answer>;
  /** What the weather service says next; it works unless told otherwise. */
  readonly breakWeather: (isBroken: boolean) => void;
}

interface Asking extends AskOptions {
  readonly key?: string;
}

/** Opens one. `config` is laid over the usual one. */
export async function openOriginalScene(
  config: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<OriginalScene> {
  let isBroken = false;
  const weather = await loopbackServer(({ path, query }, response) => {
    if (isBroken) json(response, { error: true }, 500);
    else if (path === '/v1/forecast') json(response, FORECAST);
    else json(response, { results: [{ ...NEW_YORK, name: query['name'] }] });
  });
  const scene = await openScene({
    config: () => ({
      access: { apiKeys: Object.entries(KEYS).map(([role, key]) => ({ id: role, key, role })) },
      keywords: { detection: true },
      tools: { weather: { geocodingUrl: weather.url, forecastUrl: weather.url } },
      ...config,
    }),
    env: { LITELLM_MAX_RETRIES: '0', ...env },
  });
  scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
  const as = ({ key = KEYS.basic, headers, ...rest }: Asking): AskOptions => ({
    ...rest,
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  return {
    ...scene,
    post: (path, body, options = {}) => scene.ask(path, body, as(options)),
    look: (path, options = {}) => scene.get(path, as(options)),
    breakWeather: (broken) => void (isBroken = broken),
    close: async () => {
      await scene.close();
      weather.close();
    },
  };
}

/** A chat of one message. */
export function saying(content: unknown, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...fields };
}

/** The answer's text. */
export function textIn({ json: body }: Answer): string | undefined {
  return (body as { choices?: readonly { message: { content: string } }[] } | undefined)?.choices?.[0]?.message.content;
}
