import { ConfigError } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import type { Detector } from './detectors/contract.ts';
import type { Caller, Switches } from './model/turn.ts';
import type { Transport } from './model/upstream.ts';
import { modelAsker, type ModelAskerPorts, wordsAsker } from './pipeline/model-asker.ts';
import { maskedForGood } from './privacy/masked-for-good.ts';
import { isMasked } from './privacy/masking-wish.ts';
import { TextMasking } from './privacy/text-masking.ts';
import { textFolder } from './stores/text-folder.ts';
import type { Tool } from './tools/contract.ts';
import { agent, toolsOf } from './tools/index.ts';
import { ToolBox, type ToolBoxPorts } from './tools/tool-box.ts';
import { publicHttp } from './upstream/public-http.ts';

/** What the gateway's own tools and agents need. */
export interface ToolingPorts extends ToolBoxPorts {
  readonly transport: Transport;
  readonly asker: Omit<ModelAskerPorts, 'tag'>;
  readonly detectors: readonly Detector[];
}

/** The gateway's own tools, and the agents that work with them. Throws a `ConfigError`. */
export function toolBoxOf(config: Config, ports: ToolingPorts): ToolBox {
  const tools = plainTools(config, ports);
  refuseUnknown(config, new Set(tools.map(({ name }) => name)));
  const agents = agentsOf(config, ports, () => toolBox);
  const toolBox = new ToolBox([...tools, ...agents], config.tools, ports);
  return toolBox;
}

function plainTools({ tools, upstream }: Config, { transport, asker, detectors }: ToolingPorts): readonly Tool[] {
  const { pages, fileSearch, summaryModel: model } = tools;
  return toolsOf(tools, {
    transport,
    fetchPage: pages.enabled ? publicHttp({ ...pages, connectTimeoutMs: upstream.connectTimeoutMs }) : undefined,
    folder: fileSearch.folder === undefined ? undefined : textFolder(fileSearch.folder, fileSearch),
    askModel: model === undefined ? undefined : wordsAsker({ ...asker, model, tag: 'tool:summarize' }),
    maskText: (text) => maskedForGood(text, detectors),
  });
}

function agentsOf({ agents, privacy }: Config, ports: ToolingPorts, toolBox: () => ToolBox): readonly Tool[] {
  const { asker, detectors } = ports;
  const { maskBeforeLlm: usual, callersMaySwitchOff } = privacy;
  const masking = ({ privacy: own = {} }: Caller, { maskBeforeLlm: wish }: Switches): TextMasking | undefined => {
    const key = { isOn: own.maskBeforeLlm, callersMaySwitchOff: own.callersMaySwitchOff };
    return isMasked({ usual, callersMaySwitchOff, key, wish }) ? new TextMasking(detectors) : undefined;
  };
  return agents.map((settings) =>
    agent(settings, { ask: modelAsker({ ...asker, tag: `agent:${settings.name}` }), toolBox, masking }),
  );
}

function refuseUnknown({ agents }: Config, known: ReadonlySet<string>): void {
  const problems = agents.flatMap(({ tools }, at) =>
    tools.flatMap((name, place) => {
      const path = `agents.${at}.tools.${place}`;
      return known.has(name) ? [] : [{ path, message: `${path}: there is no tool "${name}"` }];
    }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}
