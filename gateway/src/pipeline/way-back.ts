import { look } from '../dialects/look.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply, ReplyEvent } from '../model/reply.ts';
import type { Outcome } from '../model/turn.ts';
import type { Step } from '../stages/contract.ts';
import { MeteredFrames } from './metered-frames.ts';
import { failedOutcome, Meter } from './meter.ts';
import type { Trail } from './trail.ts';
import { Watching } from './watching.ts';

/**
 * Leads a reply back past the stages, last stage first, and closes the trail when it is over. If nobody wants to change
 * it, the frames go through as they are and are only read along.
 */
export function wayBack(reply: Reply, steps: readonly Step[], trail: Trail): Reply {
  trail.committed();
  const { head, origin } = trail.turn.ask;
  const meter = new Meter({
    requestBytes: origin?.bytes.length ?? 0,
    choiceCount: head.choiceCount,
    repeatable: reply.kind === 'bytes' ? reply.repeatable : undefined,
  });
  const returning = steps.length > 1 ? steps.toReversed() : steps;
  if (reply.kind === 'bytes' && !returning.some((step) => step.onReply)) {
    const watches = returning.flatMap((step) => step.watch ?? []);
    const { kind, wire, glanced, repeatable } = reply;
    return { kind, wire, glanced, repeatable, frames: new MeteredFrames(reply, watches, meter, trail) };
  }
  let events: AsyncIterable<ReplyEvent> = look(reply);
  for (const { watch, onReply } of returning) {
    if (watch) events = watched(events, new Watching([watch], meter, trail));
    if (onReply) events = onReply(events);
  }
  return { kind: 'events', events: throughMeter(events, meter, trail) };
}

async function* watched(events: AsyncIterable<ReplyEvent>, watching: Watching): AsyncGenerator<ReplyEvent> {
  for await (const event of events) {
    const decision = watching.tell(event);
    if (decision) throw decision;
    yield event;
  }
}

async function* throughMeter(
  events: AsyncIterable<ReplyEvent>,
  meter: Meter,
  trail: Trail,
): AsyncGenerator<ReplyEvent> {
  let outcome: Outcome | undefined;
  try {
    for await (const event of events) {
      meter.see(event);
      if (event.type.endsWith('-delta')) meter.count(1);
      if (meter.error) throw meter.error;
      yield event;
    }
    const cut = meter.cutShort();
    if (cut) throw cut;
    outcome = meter.outcome('finished');
  } catch (thrown) {
    outcome = failedOutcome(meter, GatewayError.from(thrown), trail.turn.cancellation);
    throw outcome.error ?? thrown;
  } finally {
    await trail.close(outcome ?? meter.outcome('cancelled')); // no outcome yet: the reader walked away
  }
}
