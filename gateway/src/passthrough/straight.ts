import { GatewayError } from '../model/error.ts';
import { dialects } from '../dialects/index.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headerList, type HttpDeployment } from '../routing/address.ts';
import { isSigned, signed } from '../routing/attempt.ts';
import { refusal, repeatable } from '../routing/refusal.ts';
import { closedBy, inspected, type Passage } from './passage.ts';

/** A request to the one place that can answer it. */
export interface StraightRequest extends Pick<UpstreamRequest, 'method' | 'path' | 'stream'> {
  readonly body?: Buffer;
  readonly contentType?: string;
}

/** Lets a turn in that goes straight to one place. Closes the trail when it may not, and throws why. */
export async function admitted(trail: Trail, { admission }: Passage): Promise<void> {
  try {
    await inspected(trail, { admission, inspectors: [] });
  } catch (thrown) {
    throw await closedBy(trail, thrown);
  }
}

/** Asks that place once, and notes it. The status may be any; a redirect is never followed. */
export async function asked(
  trail: Trail,
  deployment: HttpDeployment,
  { contentType, body, ...rest }: StraightRequest,
  passage: Passage,
): Promise<UpstreamResponse> {
  const { turn } = trail;
  const { provider, origin, key } = deployment;
  const all = headerList(turn, deployment, contentType);
  const headers = contentType === undefined ? withoutType(all) : all;
  const startedMs = passage.ports.clockMs();
  const tell = (error?: GatewayError): void =>
    trail.attempted({
      target: deployment.id,
      provider: provider.id,
      model: turn.ask.head.model,
      fallback: 0,
      ms: passage.ports.clockMs() - startedMs,
      error,
    });
  try {
    const request = { ...rest, provider: provider.id, origin, headers, body };
    const response = await transported(turn, deployment, request, passage);
    const { status } = response;
    if (status >= 300 && status < 400 && status !== 304) throw redirected(response, provider.id);
    tell();
    return response;
  } catch (thrown) {
    const error = repeatable(GatewayError.from(thrown), key);
    tell(error);
    throw error;
  }
}

async function transported(
  { cancellation }: Turn,
  deployment: HttpDeployment,
  request: UpstreamRequest,
  { ports, settings }: Passage,
): Promise<UpstreamResponse> {
  const ready = isSigned(deployment) ? await signed(request, deployment, cancellation, ports) : request;
  const { totalTimeoutMs: headersTimeoutMs, idleTimeoutMs } = settings;
  return ports.transport(ready, { cancellation, headersTimeoutMs, idleTimeoutMs });
}

function redirected({ body, status }: UpstreamResponse, provider: string): GatewayError {
  body.cancel();
  const message = `${provider} answered with a redirect (${status}), which is never followed.`;
  return new GatewayError('upstream.bad-response', message);
}

/** The answer, unless it refuses. Throws the refusal with the provider's own status and words. */
export async function accepted(
  response: UpstreamResponse,
  { provider, key }: HttpDeployment,
  { ports }: Passage,
): Promise<UpstreamResponse> {
  if (response.status < 300) return response;
  throw await refusal(response, {
    provider,
    endpoint: { dialect: dialects['openai-chat'] },
    key,
    nowMs: ports.nowMs(),
  });
}

function withoutType(headers: readonly string[]): readonly string[] {
  const at = headers.indexOf('content-type');
  return at === -1 ? headers : [...headers.slice(0, at), ...headers.slice(at + 2)];
}
