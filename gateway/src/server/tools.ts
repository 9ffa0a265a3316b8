import { authenticate } from '../access/authenticate.ts';
import { overruled } from '../access/overruling.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { Tool, ToolResult } from '../tools/contract.ts';
import type { ToolCall, ToolCaller } from '../tools/tool-box.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { wishes } from './switches.ts';

/** `GET /v1/tools`: the gateway's own tools that this caller may use. */
export function listTools(exchange: Exchange, engine: Engine, ports: ServerPorts): void {
  const caller = authenticate(exchange.headers, engine.keyring);
  const tools = engine.toolBox.of(caller).map(toolOut);
  sendJson(exchange, 200, { tools, count: tools.length, timestamp: timestamp(ports) });
}

/** `POST /v1/tools/call`: runs one tool. */
export async function callTool(exchange: Exchange, engine: Engine, ports: ServerPorts): Promise<void> {
  const { requestId, cancellation } = exchange;
  ports.inFlight.add(cancellation);
  try {
    const caller = authenticate(exchange.headers, engine.keyring);
    const { switches, warnings } = overruled(wishes({}, exchange.headers).switches, caller, engine.overruling);
    const call = callIn(jsonObject(await exchange.readBody(engine.bodyBytesMax)));
    const by = { caller, cancellation, switches };
    const { result, text, durationMs } = await noted(call, by, engine, { ...ports, requestId });
    const { tool, parameters } = call;
    const answer = { tool, parameters, result, text, execution_time: durationMs, timestamp: timestamp(ports) };
    const headers = warnings.flatMap((warning) => ['x-synthlang-warning', warning]);
    sendJson(exchange, 200, answer, headers);
  } finally {
    ports.inFlight.delete(cancellation);
  }
}

interface TimedResult extends ToolResult {
  readonly durationMs: number;
}

/** Runs a tool and tells the log who has used which one, however it went. */
async function noted(
  call: ToolCall,
  by: ToolCaller,
  { toolBox }: Engine,
  { clocks, onToolUse, requestId }: Pick<ServerPorts, 'clocks' | 'onToolUse'> & { readonly requestId: string },
): Promise<TimedResult> {
  const startedMs = clocks.clockMs();
  const tell = (code?: ErrorCode): number => {
    const durationMs = Math.round((clocks.clockMs() - startedMs) * 100) / 100;
    const tool = toolBox.find(call.tool)?.name ?? 'unknown';
    onToolUse({ requestId, keyId: by.caller.keyId, tool, durationMs, code });
    return durationMs;
  };
  try {
    const found = await toolBox.run(call, by);
    return { ...found, durationMs: tell() };
  } catch (thrown) {
    tell(GatewayError.from(thrown).code);
    throw thrown;
  }
}

function toolOut({ name, description, parameters, requiredRole, missing }: Tool): object {
  return {
    name,
    description,
    parameters,
    required_role: requiredRole,
    available: missing === undefined,
    ...(missing === undefined ? {} : { unavailable_because: missing }),
  };
}

function callIn({ tool, parameters = {}, ...rest }: Readonly<Record<string, unknown>>): ToolCall {
  if (typeof tool !== 'string') throw refusedField('tool', 'must be the name of a tool');
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    throw refusedField('parameters', 'must be an object');
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw refusedField(unknown, 'is not a field of a tool call; its parameters stand in "parameters"');
  return { tool, parameters: parameters as ToolCall['parameters'] };
}

/** Whole seconds, as the original says them. */
function timestamp({ clocks }: ServerPorts): number {
  return Math.floor(clocks.nowMs() / 1000);
}
