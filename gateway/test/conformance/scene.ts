import { type GatewayOptions, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';

/** What the gateway signs with at each provider; nobody else may ever see it. */
export const PROVIDER_KEYS = {
  openai: 'sk-CANARY-openai-key',
  anthropic: 'sk-CANARY-anthropic-key',
  gemini: 'sk-CANARY-gemini-key',
} as const;

/** Addresses that a configuration may name, each ready to be used as `apiBase`. */
export interface Places {
  readonly openai: string;
  readonly anthropic: string;
  readonly gemini: string;
}

interface SceneOptions extends Omit<GatewayOptions, 'config'> {
  readonly config?: (places: Places) => object | string;
}

/** A gateway between three scripted providers, which speak as OpenAI, Anthropic and Google. */
export interface Scene {
  readonly openai: ScriptedProvider;
  readonly anthropic: ScriptedProvider;
  readonly gemini: ScriptedProvider;
  readonly places: Places;
  readonly gateway: GatewayProcess;
  /** Sends one request, with the admin key unless told otherwise. */
  readonly ask: (path: string, body: unknown, options?: AskOptions) => Promise<Answer>;
  readonly get: (path: string, options?: AskOptions) => Promise<Answer>;
  /** Asks for a stream, hears its first piece and goes away. Gives the headers it got. */
  readonly leave: (path: string, body: unknown) => Promise<Headers>;
  readonly close: () => Promise<void>;
}

/** How to send a request. */
export interface AskOptions {
  readonly method?: string;
  /** Over the usual ones; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly signal?: AbortSignal;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown;
  /** The payloads of a stream's events, in order; a closing mark stays a text. */
  readonly events: readonly unknown[];
}

/** Starts providers and gateway. Without a configuration, the environment names both providers. */
export async function openScene({ config, env, ...rest }: SceneOptions = {}): Promise<Scene> {
  const [openai, anthropic, gemini] = await Promise.all([
    startScriptedProvider({ script: {} }),
    startScriptedProvider({ script: {} }),
    startScriptedProvider({ script: {} }),
  ]);
  const places: Places = { openai: `${openai.url}/v1`, anthropic: anthropic.url, gemini: `${gemini.url}/v1beta` };
  const gateway = await startGateway({
    ...rest,
    ...(config === undefined ? {} : { config: config(places) }),
    env: { ...providersIn(places), ...env },
  });
  const ask: Scene['ask'] = (path, body, options = {}) =>
    send(gateway.url + path, {
      method: 'POST',
      ...options,
      body,
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...options.headers },
    });
  return {
    openai,
    anthropic,
    gemini,
    places,
    gateway,
    ask,
    get: (path, { headers, ...options } = {}) =>
      send(gateway.url + path, {
        method: 'GET',
        ...options,
        headers: { authorization: `Bearer ${gateway.key}`, ...headers },
      }),
    leave: async (path, body) => {
      const gone = new AbortController();
      const headers = { authorization: `Bearer ${gateway.key}` };
      const response = await fetch(gateway.url + path, {
        method: 'POST',
        headers,
        body: bytesOf(body),
        signal: gone.signal,
      });
      await response.body?.getReader().read();
      gone.abort();
      return response.headers;
    },
    close: async () => {
      await gateway.stop();
      await Promise.all([openai.close(), anthropic.close(), gemini.close()]);
    },
  };
}

/** The environment of somebody who has an account at both providers. */
export function providersIn({ openai, anthropic, gemini }: Omit<Places, 'gemini'> & Partial<Places>) {
  return {
    OPENAI_API_KEY: PROVIDER_KEYS.openai,
    OPENAI_BASE_URL: openai,
    ANTHROPIC_API_KEY: PROVIDER_KEYS.anthropic,
    ANTHROPIC_BASE_URL: anthropic,
    ...(gemini === undefined ? {} : { GEMINI_API_KEY: PROVIDER_KEYS.gemini, GEMINI_API_BASE: gemini }),
  };
}

/** Sends one request and reads the answer. Texts and bytes go as they are, anything else as JSON. */
export async function send(
  url: string,
  { body, headers = {}, method = 'GET', signal }: AskOptions & { readonly body?: unknown } = {},
): Promise<Answer> {
  const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
  const response = await fetch(url, {
    method,
    headers: Object.fromEntries(kept),
    ...(body === undefined ? {} : { body: bytesOf(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return answerOf(response);
}

/** Bytes, since `fetch` would name a content type for a text. */
function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return new Uint8Array(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text), events: eventsOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function eventsOf(text: string): readonly unknown[] {
  const payloads = [...text.matchAll(/^data: (.*)$/gm)].map(([, payload = '']) => payload);
  return payloads.map((payload) => jsonOf(payload) ?? payload);
}

/** The requests that a provider got while something was done, and what that gave. */
export async function during<T>(
  provider: ScriptedProvider,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly requests: readonly ScriptedRequest[] }> {
  const before = provider.requests.length;
  const result = await act();
  return { result, requests: provider.requests.slice(before) };
}

/** The text that a stream of OpenAI chunks says, all choices in one. */
export function chunkText(events: readonly unknown[]): string {
  return events
    .flatMap((event) => (event as { choices?: readonly { delta?: { content?: string | null } }[] }).choices ?? [])
    .map(({ delta }) => delta?.content ?? '')
    .join('');
}

/** A chat request of one message. */
export function chatOf(model: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { model, messages: [{ role: 'user', content: 'Hello' }], ...fields };
}

/** The same as Anthropic's format has it. */
export function messageOf(model: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], ...fields };
}
