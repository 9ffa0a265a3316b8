import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { Tool } from '../tools/contract.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { readBody, sendJson, type Exchange } from './exchange.ts';
import { HangUp } from './hang-up.ts';
import { jsonObject } from './ingress.ts';

/** `GET /v1/tools`: the gateway's own tools that this caller may use. */
export function listTools(exchange: Exchange, engine: Engine, ports: ServerPorts): void {
  const caller = authenticate(exchange.request.headers, engine.keyring);
  const tools = engine.toolBox.of(caller).map(toolOut);
  sendJson(exchange, 200, { tools, count: tools.length, timestamp: timestamp(ports) });
}

/** `POST /v1/tools/call`: runs one tool. */
export async function callTool(exchange: Exchange, engine: Engine, ports: ServerPorts): Promise<void> {
  const { request, response } = exchange;
  const hangUp = new HangUp(response);
  ports.inFlight.add(hangUp.cancellation);
  try {
    const caller = authenticate(request.headers, engine.keyring);
    const call = callIn(jsonObject(await readBody(request, engine.bodyBytesMax)));
    const startedMs = ports.clocks.clockMs();
    const { result, text } = await engine.toolBox.run(call, { caller, cancellation: hangUp.cancellation });
    sendJson(exchange, 200, {
      tool: call.tool,
      parameters: call.parameters,
      result,
      text,
      execution_time: Math.round((ports.clocks.clockMs() - startedMs) * 100) / 100,
      timestamp: timestamp(ports),
    });
  } finally {
    ports.inFlight.delete(hangUp.cancellation);
    hangUp.close();
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

interface WrittenCall {
  readonly tool: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

function callIn({ tool, parameters = {}, ...rest }: Readonly<Record<string, unknown>>): WrittenCall {
  if (typeof tool !== 'string') throw invalid('tool', 'must be the name of a tool');
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    throw invalid('parameters', 'must be an object');
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw invalid(unknown, 'is not a field of a tool call; its parameters stand in "parameters"');
  return { tool, parameters: parameters as WrittenCall['parameters'] };
}

function invalid(param: string, why: string): GatewayError {
  return new GatewayError('request.invalid', `"${param}" ${why}.`, { param });
}

/** Whole seconds, as the original says them. */
function timestamp({ clocks }: ServerPorts): number {
  return Math.floor(clocks.nowMs() / 1000);
}
