import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type PlainProvider, startPlainProvider } from '../plain-provider.ts';
import { call, say, stall, usage } from '../scripted-provider/acts.ts';
import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';

/** Names that programs ask for, and whose wire each of them leads to. */
export const WIRES = ['openai', 'anthropic', 'gemini'] as const;

/** What the model says and counts, as the programs must see it. */
export const EXPECTED = {
  text: 'Hello there',
  usage: { input: 11, output: 7 },
  weather: 'It is sunny.',
  call: { city: 'Paris' },
  person: { name: 'Ada', age: 36 },
  embedding: [0.25, -0.5, 1],
} as const;

const TARGETS: Readonly<Record<(typeof WIRES)[number], string>> = {
  openai: 'openai/gpt-4o-mini',
  anthropic: 'anthropic/claude-sonnet-4-5',
  gemini: 'gemini/gemini-2.5-flash',
};
const KEY = 'sk-CANARY-program-key-0000';
/** Longer names come first, since a tool's name may hold another's. */
const NAME_OF_TOOL = /"name":"([a-zA-Z_-]{1,64})"/g;

/** A gateway before providers of each wire, whose model knows the answers to the programs' questions. */
export interface ModelWorld {
  readonly gateway: GatewayProcess;
  readonly key: string;
  readonly providers: readonly ScriptedProvider[];
  readonly close: () => Promise<void>;
}

/** Starts all of it. `model-WIRE` leads to the provider of that wire. */
export async function openModelWorld(): Promise<ModelWorld> {
  const start = () => startScriptedProvider({ script: knowing });
  const [openai, anthropic, gemini] = await Promise.all([start(), start(), start()]);
  const embedder = await startEmbedder();
  const gateway = await startGateway({
    config: {
      access: { apiKeys: [{ id: 'program', key: KEY }] },
      providers: {
        openai: { key: 'sk-CANARY-openai-key', baseUrl: `${openai.url}/v1` },
        anthropic: { key: 'sk-CANARY-anthropic-key', baseUrl: anthropic.url },
        gemini: { key: 'sk-CANARY-gemini-key', baseUrl: `${gemini.url}/v1beta` },
      },
      routing: { retriesMax: 0, dropParams: true },
      models: [
        ...WIRES.map((wire) => ({ name: `model-${wire}`, target: TARGETS[wire] })),
        { name: 'embedder', target: 'openai/text-embedding-3-small', apiBase: `${embedder.url}/v1`, key: 'sk-e' },
      ],
    },
  });
  const providers = [openai, anthropic, gemini];
  return {
    gateway,
    key: KEY,
    providers,
    close: async () => {
      await gateway.stop();
      await Promise.all([...providers, embedder].map((provider) => provider.close()));
    },
  };
}

function knowing(request: ScriptedRequest): Behaviour {
  const asked = JSON.stringify(request.json);
  const counted = usage(EXPECTED.usage);
  if (asked.includes('"Hang"')) return behave(say('Hello you there'), stall({ event: 4 }));
  if (asked.includes('What is the weather'))
    return behave(call('get_weather', EXPECTED.call), say(EXPECTED.weather), counted);
  if (!asked.includes('Who was it?')) return behave(say(EXPECTED.text), counted);
  const tools = JSON.stringify(request.json['tools'] ?? []);
  const [tool] = [...tools.matchAll(NAME_OF_TOOL)].map(([, name = '']) => name);
  return tool === undefined
    ? behave(say(JSON.stringify(EXPECTED.person)), counted)
    : behave(call(tool, EXPECTED.person), counted);
}

async function startEmbedder(): Promise<PlainProvider> {
  const embedder = await startPlainProvider();
  embedder.answer = ({ json }) => {
    const { input, encoding_format: format } = json;
    const bytes = Buffer.from(Float32Array.from(EXPECTED.embedding).buffer);
    const embedding = format === 'base64' ? bytes.toString('base64') : EXPECTED.embedding;
    const texts = Array.isArray(input) ? input : [input];
    return {
      json: {
        object: 'list',
        model: 'text-embedding-3-small',
        data: texts.map((_, index) => ({ object: 'embedding', index, embedding })),
        usage: { prompt_tokens: 2, total_tokens: 2 },
      },
    };
  };
  return embedder;
}
