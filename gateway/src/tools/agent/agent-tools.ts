import { GatewayError } from '../../model/error.ts';
import type { AskedCall, OfferedTool } from '../../model/model-question.ts';
import type { Parameters, Tool } from '../contract.ts';
import type { ToolBox, ToolCaller } from '../tool-box.ts';

/** What agents are called by begins with this, and no other tool does. */
export const AGENT_PREFIX = 'agent_';

/** Longest arguments of one call. */
const INPUT_CHARACTERS_MAX = 100_000;
/** So much is repeated of a name that no tool has. */
const NAME_CHARACTERS_MAX = 64;

/** A call that was made, for whoever wants to know what an agent did. */
export interface MadeCall {
  readonly tool: string;
  /** What the tool was given; absent where the model wrote none that can be read. */
  readonly parameters: Parameters | undefined;
  readonly ok: boolean;
}

/** What became of a call: the words are for the model. */
export interface CallOutcome extends MadeCall {
  readonly text: string;
}

/** The tools that an agent has in one run: of those it lists, what its caller may use and what is set up. Never an agent. */
export class AgentTools {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #toolBox: Pick<ToolBox, 'of' | 'run'>;
  readonly #by: ToolCaller;

  constructor(listed: readonly string[], toolBox: Pick<ToolBox, 'of' | 'run'>, by: ToolCaller) {
    const usable = toolBox
      .of(by.caller)
      .filter(({ name, missing }) => listed.includes(name) && missing === undefined && !name.startsWith(AGENT_PREFIX));
    this.#tools = new Map(usable.map((tool) => [tool.name, tool]));
    this.#toolBox = toolBox;
    this.#by = by;
  }

  /** The tools as a model hears of them. */
  offered(): readonly OfferedTool[] {
    return [...this.#tools.values()].map(({ name, description, parameters }) => ({ name, description, parameters }));
  }

  /** Runs one call. What goes wrong is for the model to hear; only what ends the whole run is thrown. */
  async run({ tool, input }: AskedCall): Promise<CallOutcome> {
    if (!this.#tools.has(tool)) {
      const name = tool.slice(0, NAME_CHARACTERS_MAX);
      return { tool: name, parameters: undefined, ok: false, text: `There is no tool "${name}".` };
    }
    const parameters = parametersIn(input);
    if (!parameters)
      return { tool, parameters, ok: false, text: 'The arguments are no JSON object, or a very long one.' };
    try {
      const { text } = await this.#toolBox.run({ tool, parameters }, this.#by);
      return { tool, parameters, ok: true, text };
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (this.#by.cancellation.reason || error.code === 'gateway.bug') throw error;
      return { tool, parameters, ok: false, text: error.message };
    }
  }
}

/** Tools without parameters are sometimes asked with no arguments at all. */
function parametersIn(input: string): Parameters | undefined {
  if (input.length > INPUT_CHARACTERS_MAX) return undefined;
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parameters) : undefined;
  } catch {
    return undefined;
  }
}
