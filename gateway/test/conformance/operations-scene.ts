import { type GatewayOptions, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type PlainProvider, startPlainProvider } from '../plain-provider.ts';
import { type Answer, type AskOptions, send } from './scene.ts';

/** The key that may do everything. */
export const MASTER = 'sk-master-0123456789abcdef';
/** What the gateway signs with; nobody but the provider may see it. */
export const PROVIDER_KEY = 'sk-CANARY-provider-key';

/** A gateway before a provider whose answers are written down in the test. */
export interface OperationsScene {
  readonly provider: PlainProvider;
  readonly gateway: GatewayProcess;
  readonly ask: (path: string, body: unknown, options?: AskOptions) => Promise<Answer>;
  /** Makes a key, and gives what to ask with. */
  readonly keyWith: (fields: object) => Promise<AskOptions & { readonly key: string }>;
  /** The newest row of what was spent. */
  readonly lastSpend: () => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

/** Starts both. Every provider that is named in the settings is the one provider there is. */
export async function openOperationsScene(
  config: (url: string) => object = () => ({}),
  options: GatewayOptions = {},
): Promise<OperationsScene> {
  const provider = await startPlainProvider();
  const base = { baseUrl: `${provider.url}/v1`, key: PROVIDER_KEY };
  const gateway = await startGateway({
    ...options,
    config: {
      providers: { openai: base, voyage: base, jina: base, ollama: { baseUrl: provider.url } },
      ...config(provider.url),
    },
    env: { LITELLM_MASTER_KEY: MASTER, ...options.env },
  });
  const ask: OperationsScene['ask'] = (path, body, { headers, ...more } = {}) =>
    send(gateway.url + path, {
      method: 'POST',
      ...more,
      body,
      headers: { authorization: `Bearer ${MASTER}`, 'content-type': 'application/json', ...headers },
    });
  return {
    provider,
    gateway,
    ask,
    keyWith: async (fields) => {
      const made = await ask('/key/generate', fields);
      const { key } = made.json as { key: string };
      return { key, headers: { authorization: `Bearer ${key}` } };
    },
    lastSpend: async () => {
      const { json } = await ask('/spend/logs', undefined, { method: 'GET' });
      return (json as Record<string, unknown>[])[0] ?? {};
    },
    close: async () => {
      await gateway.stop();
      await provider.close();
    },
  };
}
