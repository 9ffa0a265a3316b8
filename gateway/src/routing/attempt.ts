import type { FrameLimits } from '../dialects/frames.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, Reply } from '../model/reply.ts';
import type { Turn } from '../model/turn.ts';
import type { Deadline, Deadlines, Transport, UpstreamResponse } from '../model/upstream.ts';
import { addressed, type HttpDeployment } from './address.ts';
import type { Deployment } from './catalog.ts';
import { begunStream, wholeReply, type Reading } from './commit.ts';
import { refusal, repeatable } from './refusal.ts';

/** Limits of one attempt, where a deployment doesn't say otherwise. */
export interface AttemptSettings {
  readonly headersTimeoutMs: number;
  readonly firstOutputTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly dropParams: boolean;
  readonly frameLimits: FrameLimits;
}

/** What an attempt needs of the world. */
export interface AttemptPorts {
  readonly transport: Transport;
  readonly deadlines: Deadlines;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

/** A reply that has begun, and what had to be left out of the request for it. */
export interface Begun {
  readonly reply: Reply;
  readonly notices: readonly string[];
}

/** Asks one deployment once. Resolves at the first output; until then every failure is thrown. */
export async function attempt(
  turn: Turn,
  deployment: Deployment,
  settings: AttemptSettings,
  ports: AttemptPorts,
): Promise<Begun> {
  if (isLocal(deployment)) {
    return {
      reply: {
        kind: 'events',
        events: deployment.provider.answer(turn.ask.look(), deployment.model, `reply-${turn.id}`),
      },
      notices: [],
    };
  }
  const dropParams = turn.switches.dropParams ?? deployment.dropParams ?? settings.dropParams;
  const { request, endpoint, notices } = addressed(turn, deployment as HttpDeployment, dropParams);
  const call = new Call(turn, deployment, settings, ports);
  try {
    const { stream } = turn.ask.head;
    const response = await ports.transport(request, {
      cancellation: call.cancellation,
      // A plain reply comes with its headers, so its time is that of the whole attempt.
      headersTimeoutMs: stream ? settings.headersTimeoutMs : call.totalMs,
      idleTimeoutMs: settings.idleTimeoutMs,
    });
    if (response.status >= 300) {
      throw await refusal(response, {
        provider: (deployment as HttpDeployment).provider,
        endpoint,
        key: deployment.key,
        nowMs: ports.nowMs(),
      });
    }
    const reading = {
      dialect: endpoint.dialect,
      form: formOf(response, stream),
      limits: settings.frameLimits,
      provider: deployment.provider.id,
      repeatable: (error: GatewayError) => repeatable(error, deployment.key),
    };
    const reply = await call.reply(response, reading);
    if (reading.form === 'json') call.close(); // a stream's end closes it
    return { reply, notices };
  } catch (thrown) {
    call.close();
    throw thrown instanceof GatewayError ? repeatable(thrown, deployment.key) : thrown;
  }
}

function isLocal(
  deployment: Deployment,
): deployment is Deployment & { readonly provider: Extract<Deployment['provider'], { kind: 'local' }> } {
  return deployment.provider.kind === 'local';
}

/** What really came, whatever was asked for. A provider that can't stream may answer a stream request with JSON. */
function formOf({ headers, body }: UpstreamResponse, stream: boolean): Reading['form'] {
  const type = headers['content-type']?.toLowerCase() ?? '';
  if (type.includes('event-stream')) return 'sse';
  if (type.includes('json')) return 'json';
  if (type === '' || type.startsWith('text/plain') || type.startsWith('application/octet-stream'))
    return stream ? 'sse' : 'json';
  body.cancel();
  throw new GatewayError(
    'upstream.bad-response',
    `The provider answered with ${type.split(';')[0]}, which isn’t a reply.`,
  );
}

/** The timers of one attempt: its total time, and the time to its first output. One without any shares the turn's fate. */
class Call {
  readonly totalMs: number;
  readonly cancellation: Cancellation;
  readonly #turn: Cancellation;
  #total: Deadline | undefined;
  #firstOutput: Deadline | undefined;

  constructor(turn: Turn, deployment: Deployment, settings: AttemptSettings, { deadlines }: AttemptPorts) {
    const { timeoutMs, provider, firstOutputTimeoutMs: firstOutputMs = settings.firstOutputTimeoutMs } = deployment;
    const { stream } = turn.ask.head;
    this.totalMs = timeoutMs ?? settings.totalTimeoutMs;
    this.#turn = turn.cancellation;
    this.cancellation = stream || timeoutMs !== undefined ? new Cancellation() : turn.cancellation;
    if (this.cancellation !== this.#turn) this.#turn.on(this.cancellation.cancel);
    // The turn's own total time runs anyway.
    if (timeoutMs !== undefined) {
      const tooLong = `${provider.id} took longer than ${timeoutMs} ms (total timer).`;
      this.#total = deadlines(() => this.#expire(tooLong));
      this.#total.set(timeoutMs);
    }
    if (stream) {
      const tooLate = `${provider.id} said nothing within ${firstOutputMs} ms (first output timer).`;
      this.#firstOutput = deadlines(() => this.#expire(tooLate));
      this.#firstOutput.set(firstOutputMs);
    }
  }

  reply({ body }: UpstreamResponse, reading: Reading): Promise<ByteReply> {
    if (reading.form === 'json') return wholeReply(body, reading);
    return begunStream(body, reading, { firstOutput: this.#firstOutput, close: this.close });
  }

  readonly close = (): void => {
    this.#total?.clear();
    this.#firstOutput?.clear();
    if (this.cancellation !== this.#turn) this.#turn.off(this.cancellation.cancel);
  };

  #expire(message: string): void {
    this.cancellation.cancel(new GatewayError('upstream.timeout', message));
  }
}
