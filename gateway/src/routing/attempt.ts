import type { FrameLimits } from '../dialects/frames.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ByteReply, Reply, StreamForm } from '../model/reply.ts';
import type { Turn } from '../model/turn.ts';
import type { Deadline, Deadlines, Signers, Transport, UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import { addressed, type HttpDeployment } from './address.ts';
import type { Deployment } from './deployment.ts';
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
  readonly signers?: Signers;
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
    const ready = isSigned(deployment) ? await signed(request, deployment, call.cancellation, ports) : request;
    const response = await ports.transport(ready, {
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
      form: formOf(response, endpoint.dialect.streamForm, stream),
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

/** Whether somebody must sign each request to a deployment. */
export function isSigned({ provider }: Deployment): boolean {
  return provider.kind === 'http' && provider.signing !== undefined;
}

/** The request with what proves who sends it. Throws `upstream.auth` when nobody here can sign so. */
export async function signed(
  request: UpstreamRequest,
  { provider, key, fields }: Deployment,
  cancellation: Cancellation,
  { signers }: Pick<AttemptPorts, 'signers'>,
): Promise<UpstreamRequest> {
  const signing = provider.kind === 'http' ? provider.signing : undefined;
  const sign = signing && signers?.[signing.kind];
  if (!sign) throw new GatewayError('upstream.auth', `Requests to ${provider.id} can’t be signed here.`);
  return sign(request, { key, fields, cancellation });
}

function isLocal(
  deployment: Deployment,
): deployment is Deployment & { readonly provider: Extract<Deployment['provider'], { kind: 'local' }> } {
  return deployment.provider.kind === 'local';
}

/** What really came, whatever was asked for. A provider that can't stream may answer a stream request with JSON. */
function formOf({ headers, body }: UpstreamResponse, streamForm: StreamForm, stream: boolean): Reading['form'] {
  const type = headers['content-type']?.toLowerCase() ?? '';
  if (type.includes(STREAM_TYPES[streamForm])) return streamForm;
  if (type.includes('json')) return stream && streamForm === 'json-lines' ? 'json-lines' : 'json';
  if (type === '' || type.startsWith('text/plain') || type.startsWith('application/octet-stream'))
    return stream ? streamForm : 'json';
  body.cancel();
  throw new GatewayError(
    'upstream.bad-response',
    `The provider answered with ${type.split(';')[0]}, which isn’t a reply.`,
  );
}

/** What a stream's `content-type` has in it. */
const STREAM_TYPES: Readonly<Record<StreamForm, string>> = {
  sse: 'event-stream',
  'json-lines': 'ndjson',
  'aws-event-stream': 'vnd.amazon.eventstream',
};

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
