import { type Answer, type AskOptions, openScene, type Scene } from './scene.ts';

/** The key that may do everything. */
export const MASTER = 'sk-master-0123456789abcdef';

/** A key as the management routes give it. */
export interface MadeKey {
  readonly key: string;
  readonly token: string;
  readonly [field: string]: unknown;
}

/** A scene whose keys are made over HTTP. */
export interface GovernedScene extends Scene {
  readonly generate: (fields?: object) => Promise<MadeKey>;
  readonly manage: (path: string, body: object, options?: AskOptions) => Promise<Answer>;
  readonly as: (key: string) => AskOptions;
  readonly info: (key: string) => Promise<Record<string, unknown>>;
}

/** Prices that make sums easy to check: a dollar for a million tokens of input, ten for a million of output. */
export const PRICED = {
  name: 'priced',
  target: 'openai/priced-model',
  inputCostPerToken: 0.000_001,
  outputCostPerToken: 0.000_01,
};

/** Opens one. The model `priced` has a price that nobody changes. */
export async function openGovernedScene(
  config: object = {},
  options: Omit<NonNullable<Parameters<typeof openScene>[0]>, 'config'> = {},
): Promise<GovernedScene> {
  const scene = await openScene({
    ...options,
    config: () => ({ models: [PRICED], providers: { openai: {}, anthropic: {} }, ...config }),
    env: { LITELLM_MASTER_KEY: MASTER, ...options.env },
  });
  const generate = async (fields: object = {}): Promise<MadeKey> => {
    const answer = await scene.ask('/key/generate', fields);
    if (answer.status !== 200) throw new Error(`No key was made: ${answer.text}`);
    return answer.json as MadeKey;
  };
  return {
    ...scene,
    generate,
    manage: (path, body, more) => scene.ask(path, body, more),
    as: (key) => ({ headers: { authorization: `Bearer ${key}` } }),
    info: async (key) => {
      const { json } = await scene.get(`/key/info?key=${key}`);
      return (json as { info: Record<string, unknown> }).info;
    },
  };
}
