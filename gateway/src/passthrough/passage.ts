import type { FrameLimits } from '../dialects/frames.ts';
import { GatewayError } from '../model/error.ts';
import type { Usage } from '../model/reply.ts';
import { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { OperationEndpoint } from '../providers/contract.ts';
import type { HttpDeployment } from '../routing/address.ts';
import { isSigned, signed } from '../routing/attempt.ts';
import type { Catalog } from '../routing/catalog.ts';
import type { Chooser } from '../routing/chooser.ts';
import type { Deployment } from '../routing/deployment.ts';
import { type AskOnce, type DispatchPorts, type DispatchSettings, dispatchTo } from '../routing/dispatch.ts';
import { type FallbackSettings, plan } from '../routing/plan.ts';
import { refusal, repeatable } from '../routing/refusal.ts';
import { dialects } from '../dialects/index.ts';
import type { Stage } from '../stages/contract.ts';
import type { OperationLimits } from './contract.ts';

/** What carries operations: the stations that serve them, and the way to a provider. */
export interface Passage {
  /** Whether a caller may do one more, and what it costs. */
  readonly admission: Stage;
  /** Those who look into what is said: guards and masking. */
  readonly inspectors: readonly Stage[];
  readonly limits: OperationLimits;
  readonly names: Catalog;
  readonly routing: FallbackSettings;
  readonly settings: DispatchSettings & { readonly frameLimits: FrameLimits };
  readonly chooser: Pick<Chooser, 'order'>;
  readonly ports: DispatchPorts;
}

/** An operation of one deployment. */
export interface Place {
  readonly deployment: HttpDeployment;
  readonly endpoint: OperationEndpoint;
}

/** Leads a turn past its stations and to a target, with retries and fallbacks. `elsewhere` answers for providers that don't have the operation. Closes the trail when that fails, and throws why. */
export async function passed<Answer>(
  trail: Trail,
  passage: Passage,
  ask: (turn: Turn, place: Place) => ReturnType<AskOnce<Answer>>,
  elsewhere: (turn: Turn, deployment: Deployment) => ReturnType<AskOnce<Answer>> = unsupported,
): Promise<Answer> {
  try {
    const turn = await inspected(trail, passage);
    const { names, routing, ports, settings, chooser } = passage;
    return await dispatchTo(turn, plan(turn, names, routing, chooser), settings, {
      ports,
      journal: trail,
      ask: (deployment) => {
        const place = placeOf(turn, deployment);
        return asked(() => (place ? ask(turn, place) : elsewhere(turn, deployment)), deployment);
      },
    });
  } catch (thrown) {
    throw await closedBy(trail, thrown);
  }
}

/** What a deployment throws must not repeat its key. */
async function asked<T>(work: () => Promise<T>, { key }: Deployment): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof GatewayError ? repeatable(thrown, key) : thrown;
  }
}

/** Ends a turn by what was thrown, and gives that back as an error. */
export function closedBy(trail: Trail, thrown: unknown): Promise<GatewayError> {
  return endedBy(trail, thrown, undefined);
}

/** The same, for an answer that had begun and has taken something by then. */
export async function endedBy(trail: Trail, thrown: unknown, usage: Usage | undefined): Promise<GatewayError> {
  const error = GatewayError.from(thrown);
  const end = trail.turn.cancellation.reason && error.code === 'request.cancelled' ? 'cancelled' : 'failed';
  await trail.close({ end, usage, usageEstimated: usage !== undefined, error, blind: false });
  return error;
}

/** The turn as the stations leave it. */
export async function inspected(
  trail: Trail,
  { admission, inspectors }: Pick<Passage, 'admission' | 'inspectors'>,
): Promise<Turn> {
  let { turn } = trail;
  for (const stage of [admission, ...inspectors]) {
    if (stage.wants && !stage.wants(turn)) continue;
    const { request } = await trail.enter(stage, turn);
    if (request) turn = { ...turn, ask: Ask.made(request) };
  }
  return turn;
}

function placeOf({ operation, dialect }: Turn, deployment: Deployment): Place | undefined {
  const { provider } = deployment;
  const endpoint = provider.kind === 'http' && operation ? provider.operations?.[operation] : undefined;
  if (endpoint?.dialect !== undefined && endpoint.dialect !== dialect) return undefined;
  return endpoint && { deployment: deployment as HttpDeployment, endpoint };
}

function unsupported({ operation }: Turn, { provider, model }: Deployment): Promise<never> {
  const message = `${provider.id} has no ${operation} for the model "${model}".`;
  return Promise.reject(new GatewayError('operation.unsupported', message, { param: 'model' }));
}

/** Where a deployment's operation is asked. */
export function pathOf({ deployment, endpoint: { path } }: Place): string {
  const { model, fields, pathPrefix } = deployment;
  return pathPrefix + (typeof path === 'string' ? path : path({ model, stream: false, fields }));
}

/** Sends one request and gives the answer, if it isn't a refusal. */
export async function sent(
  turn: Turn,
  deployment: HttpDeployment,
  request: UpstreamRequest,
  { settings, ports }: Passage,
): Promise<UpstreamResponse> {
  const { cancellation } = turn;
  const ready = isSigned(deployment) ? await signed(request, deployment, cancellation, ports) : request;
  const response = await ports.transport(ready, {
    cancellation,
    // Most answers come when the work is done, so their time is that of the whole attempt.
    headersTimeoutMs: deployment.timeoutMs ?? settings.totalTimeoutMs,
    idleTimeoutMs: settings.idleTimeoutMs,
  });
  if (response.status < 300) return response;
  const { provider, key } = deployment;
  throw await refusal(response, {
    provider,
    endpoint: { dialect: dialects['openai-chat'] },
    key,
    nowMs: ports.nowMs(),
  });
}
