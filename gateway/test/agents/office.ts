import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { type Desk, newDesk } from './desk.ts';
import { type ReadingTool, readsTheNotes } from './round-trip.ts';

/** Keys that the gateway signs with, and the one that the agents have. */
export const KEYS = {
  agent: 'sk-CANARY-agent-key-0000',
  openai: 'sk-CANARY-openai-key',
  anthropic: 'sk-CANARY-anthropic-key',
  gemini: 'sk-CANARY-gemini-key',
} as const;

/** A desk, a gateway, the three providers behind it, and one that the agent can ask without the gateway. */
export interface Office {
  readonly desk: Desk;
  readonly openai: ScriptedProvider;
  readonly anthropic: ScriptedProvider;
  readonly gemini: ScriptedProvider;
  readonly direct: ScriptedProvider;
  readonly gateway: GatewayProcess;
  readonly close: () => Promise<void>;
}

interface OfficeOptions {
  /** Who serves `claude-sonnet-4-5`, `gpt-4o-mini` and `gemini-2.5-flash`, whichever is asked for. */
  readonly target: string;
  readonly tool: ReadingTool;
  /** Whether what the target can't take is dropped; otherwise it is refused. */
  readonly dropParams?: boolean;
}

/** Opens an office whose models read the notes with this tool. */
export async function openOffice({ target, tool, dropParams = false }: OfficeOptions): Promise<Office> {
  const desk = newDesk();
  const start = () => startScriptedProvider({ script: readsTheNotes(desk, tool) });
  const [openai, anthropic, gemini, direct] = await Promise.all([start(), start(), start(), start()]);
  const gateway = await startGateway({
    config: {
      access: { apiKeys: [{ id: 'agent', key: KEYS.agent }] },
      providers: {
        openai: { key: KEYS.openai, baseUrl: `${openai.url}/v1` },
        anthropic: { key: KEYS.anthropic, baseUrl: anthropic.url },
        gemini: { key: KEYS.gemini, baseUrl: `${gemini.url}/v1beta` },
      },
      routing: { dropParams },
      models: ['claude-sonnet-4-5', 'gpt-4o-mini', 'gemini-2.5-flash'].map((name) => ({ name, target })),
    },
  });
  const close = async () => {
    await gateway.stop();
    await Promise.all([openai, anthropic, gemini, direct].map((provider) => provider.close()));
    desk.clear();
  };
  return { desk, openai, anthropic, gemini, direct, gateway, close };
}

/** One line of the gateway's log for each turn it served. */
interface TurnLine {
  readonly status: number;
  readonly end: string;
  readonly warnings?: readonly string[];
}

/** Closes the gateway, so that its log is whole, and gives the turns in it. */
export async function turnsOf(gateway: GatewayProcess): Promise<readonly TurnLine[]> {
  await gateway.stop();
  return gateway.stdout
    .map((line) => JSON.parse(line) as TurnLine & { readonly msg: string })
    .filter(({ msg }) => msg === 'turn');
}
