import { authenticate, authorizeModels } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { authorize } from '../access/roles.ts';
import type { TargetReport } from '../health/target-report.ts';
import type { Turn } from '../model/turn.ts';
import type { Placed } from '../routing/chooser.ts';
import type { ExplainedStop } from '../routing/explain.ts';
import type { Engine } from './contract.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { ingress } from './ingress.ts';

/** `GET /health/providers`: how every target does that was asked. For whoever has a key, since it tells of everybody's traffic. */
export function showTargets(exchange: Exchange, engine: Engine): void {
  authenticate(exchange.headers, engine.keyring);
  const targets = engine.routes.targets();
  const resting = targets.filter(({ state }) => state !== 'closed').length;
  sendJson(exchange, 200, {
    status: resting === 0 ? 'ok' : 'degraded',
    healthy_count: targets.length - resting,
    unhealthy_count: resting,
    targets: targets.map(reported),
  });
}

/** `POST /admin/route/explain`: where a chat request would go, and why. Nobody is asked. */
export async function explainRoute(exchange: Exchange, engine: Engine): Promise<void> {
  const caller = authenticate(exchange.headers, engine.keyring);
  authorize(caller, 'routes.read');
  const call = ingress(await exchange.readBody(engine.bodyBytesMax), 'openai-chat', exchange.headers);
  const turn: Turn = permitted(
    {
      ...call,
      id: exchange.requestId,
      caller,
      dialect: 'openai-chat',
      cancellation: exchange.cancellation,
      headers: exchange.headers as Turn['headers'],
    },
    engine.overruling,
  );
  authorizeModels(turn);
  const { first, after } = engine.routes.explain(turn);
  sendJson(exchange, 200, {
    model: first.name,
    attempts_max: engine.routes.attemptsMax,
    ...stopOut(first),
    fallbacks: after.map(({ codes, stops }) => ({ after: codes, models: stops.map(stopOut) })),
  });
}

function stopOut({ name, strategy, targets }: ExplainedStop): object {
  return { name, strategy, targets: targets.map(placedOut) };
}

function placedOut({ deployment, why, rest, overLimit }: Placed, index: number): object {
  const { id, provider, model, order, weight } = deployment;
  return {
    place: index + 1,
    target: id,
    provider: provider.id,
    model,
    order,
    weight,
    why,
    ...(rest ? { resting: { reason: rest.code, seconds: secondsOf(rest.leftMs) } } : {}),
    ...(overLimit === undefined ? {} : { over_limit: overLimit }),
  };
}

function reported({ id, state, rest, inFlight, firstOutputMs, msPerToken, ...minute }: TargetReport): object {
  const answers = minute.answered + minute.failed;
  return {
    target: id,
    state,
    ...(rest ? { resting: { reason: rest.code, seconds: secondsOf(rest.leftMs) } } : {}),
    in_flight: inFlight,
    last_minute: {
      requests: minute.requests,
      tokens: minute.tokens,
      failed: minute.failed,
      error_rate: answers === 0 ? null : minute.failed / answers,
    },
    first_output_ms: firstOutputMs ?? null,
    ms_per_token: msPerToken ?? null,
  };
}

function secondsOf(ms: number): number {
  return Math.round(ms) / 1000;
}
