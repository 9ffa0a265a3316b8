import { authenticate } from '../access/authenticate.ts';
import { authorize } from '../access/roles.ts';
import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import { ACT_PERMISSIONS, type ActName, type PreparedWork, type WorkCircumstances } from '../prompting/contract.ts';
import type { ServerPorts } from './contract.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { report } from './refuse.ts';
import { EVENT_STREAM_HEADERS } from './send-reply.ts';
import { signed } from '../model/signed.ts';
import { overruled } from '../access/overruling.ts';
import { wishes } from './switches.ts';

/** `POST /v1/synthlang/translate` and its like: work on prompts, by a model, told as it goes on where that is asked for. */
export async function servePromptAct(exchange: Exchange, name: ActName, ports: ServerPorts): Promise<void> {
  const engine = ports.engine();
  const caller = authenticate(exchange.headers, engine.keyring);
  authorize(caller, ACT_PERMISSIONS[name]);
  const { switches, warnings } = overruled(wishes({}, exchange.headers).switches, caller, engine.overruling);
  const headers = warnings.flatMap((warning) => ['x-synthlang-warning', warning]);
  const work = engine.prompting.prepare(name, jsonObject(await exchange.readBody(engine.bodyBytesMax)));
  const { cancellation } = exchange;
  ports.inFlight.add(cancellation);
  try {
    if (work.isStreamed) await told(exchange, work, { caller, switches, cancellation, headers }, ports);
    else {
      const answer = await work.run({ caller, switches, cancellation, onProgress: () => undefined });
      sendJson(exchange, 200, { ...answer, ...signed(ports.clocks.nowMs()) }, headers);
    }
  } finally {
    ports.inFlight.delete(cancellation);
  }
}

/** Says how far the work is, then what came of it. What fails before anything was said keeps its own status. */
async function told(
  exchange: Exchange,
  work: PreparedWork,
  { headers, ...circumstances }: Omit<WorkCircumstances, 'onProgress'> & { readonly headers: readonly string[] },
  ports: ServerPorts,
): Promise<void> {
  const say = (event: object | string): void => {
    if (exchange.isGone) return;
    if (!exchange.isAnswered) exchange.begin(200, [...EVENT_STREAM_HEADERS, ...headers]);
    // Events are few and short, so nobody has to wait for a slow reader.
    exchange.write(Buffer.from(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`));
  };
  try {
    const onProgress: WorkCircumstances['onProgress'] = (progress) => say({ type: 'progress', ...progress });
    const answer = await work.run({ ...circumstances, onProgress });
    say({ type: 'result', ...answer, ...signed(ports.clocks.nowMs()) });
    say('[DONE]');
  } catch (thrown) {
    if (!exchange.isAnswered) throw thrown;
    const error = GatewayError.from(thrown);
    report(error, exchange.requestId, ports);
    say(dialects['openai-chat'].encodeError(error, exchange.requestId).toString('utf8'));
  }
  exchange.end();
}
