import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Caller, Switches } from '../model/turn.ts';
import type { Deadlines } from '../model/upstream.ts';
import { isEnough, type Parameters, type Role, type TimeLimit, type Tool, type ToolResult } from './contract.ts';

/** Who may use which tools, and for how long. */
export interface ToolRules {
  /** Names of tools that are switched off. */
  readonly off: readonly string[];
  /** Roles by tool name, instead of the tool's own. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly timeoutMs: number;
}

/** What running tools needs of the world. */
export interface ToolBoxPorts {
  readonly deadlines: Deadlines;
  readonly nowMs: () => number;
}

/** One call of a tool. */
export interface ToolCall {
  readonly tool: string;
  readonly parameters: Parameters;
}

/** Who calls, and until when anybody is interested. */
export interface ToolCaller {
  readonly caller: Caller;
  readonly cancellation: Cancellation;
  /** What the caller wishes of the gateway besides. */
  readonly switches?: Switches | undefined;
}

/** All tools there are, and the only way to run one: who may, and for how long, is checked here. */
export class ToolBox {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #timeoutMs: number;
  readonly #ports: ToolBoxPorts;

  constructor(tools: readonly Tool[], { off, roles, timeoutMs }: ToolRules, ports: ToolBoxPorts) {
    const kept = tools.filter(({ name }) => !off.includes(name));
    this.#tools = new Map(
      kept.map((tool) => [
        tool.name,
        {
          ...tool,
          requiredRole: (Object.hasOwn(roles, tool.name) ? roles[tool.name] : undefined) ?? tool.requiredRole,
        },
      ]),
    );
    this.#timeoutMs = timeoutMs;
    this.#ports = ports;
  }

  /** The tool of this name, whoever may use it. */
  find(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** Whether this caller may use a tool. */
  may({ role, tools }: Caller, { name, requiredRole }: Tool): boolean {
    return isEnough(role, requiredRole) && (tools?.includes(name) ?? true);
  }

  /** The tools that this caller may use, by name. */
  of(caller: Caller): readonly Tool[] {
    return [...this.#tools.values()]
      .filter((tool) => this.may(caller, tool))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Runs a tool. Throws `tool.unknown`, `key.forbidden`, and what the tool throws. */
  readonly run = async (
    { tool: name, parameters }: ToolCall,
    { caller, cancellation: outer, switches }: ToolCaller,
  ): Promise<ToolResult> => {
    const tool = this.find(name);
    if (!tool)
      throw new GatewayError('tool.unknown', `There is no tool "${name.slice(0, 100)}" here.`, { param: 'tool' });
    if (!this.may(caller, tool))
      throw new GatewayError('key.forbidden', `This API key may not use the tool "${name}".`, { param: 'tool' });
    const cancellation = new Cancellation();
    const limit = tool.timeLimit ?? { ms: this.#timeoutMs, setting: 'tools.timeoutMs' };
    const deadline = this.#ports.deadlines(() => cancellation.cancel(tooLate(name, limit)));
    deadline.set(limit.ms);
    outer.on(cancellation.cancel);
    try {
      if (cancellation.reason) throw cancellation.reason;
      const running = tool.run(parameters, { caller, cancellation, nowMs: this.#ports.nowMs(), switches });
      return await Promise.race([running, cancelled(cancellation)]);
    } finally {
      deadline.clear();
      outer.off(cancellation.cancel);
    }
  };
}

function tooLate(name: string, { ms, setting }: TimeLimit): GatewayError {
  return new GatewayError('tool.failed', `The tool "${name}" took longer than ${ms} ms (${setting}).`);
}

/** A tool that doesn't listen is left behind. */
function cancelled(cancellation: Cancellation): Promise<never> {
  return new Promise((_, reject) => cancellation.on(reject));
}
