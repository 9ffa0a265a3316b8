import { GatewayError } from '../model/error.ts';
import type { Turn, TurnRecord } from '../model/turn.ts';
import type { Deadlines } from '../model/upstream.ts';
import { run, type Pipeline } from './run.ts';
import { Trail, type TrailClocks } from './trail.ts';

/** What a turn needs whose answer nobody hears. */
export interface UnheardPorts {
  readonly totalTimeoutMs: number;
  readonly newId: () => string;
  readonly onRecord: (record: TurnRecord) => void;
  readonly clocks: TrailClocks;
  readonly deadlines: Deadlines;
}

/** Asks a model what nobody waits for, to the end of its answer. Leaves a record, and never throws. */
export async function unheard(turn: Turn, send: Pipeline['send'], ports: UnheardPorts): Promise<void> {
  const expiry = ports.deadlines(() =>
    turn.cancellation.cancel(new GatewayError('upstream.timeout', 'It took too long (total timer).')),
  );
  expiry.set(ports.totalTimeoutMs);
  try {
    const reply = await run({ stages: [], send }, new Trail(turn, ports.onRecord, ports.clocks));
    const said: AsyncIterable<unknown> = reply.kind === 'bytes' ? reply.frames : reply.events;
    for await (const _ of said);
  } catch {
    // What went wrong stands in its record.
  } finally {
    expiry.clear();
  }
}
