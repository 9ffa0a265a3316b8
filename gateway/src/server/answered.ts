import { run, type Pipeline } from '../pipeline/run.ts';
import type { Trail } from '../pipeline/trail.ts';
import { speech, type Speech } from './egress.ts';

/** Leads a turn along the line, and gives its reply in the caller's own dialect and form. Throws what the line throws. */
export async function answered(trail: Trail, pipeline: Pipeline, nowMs: number): Promise<Speech> {
  const { ask, dialect } = trail.turn;
  const { model, stream, usageWanted } = ask.head;
  const reply = await run(pipeline, trail);
  return speech(
    reply,
    { dialect, form: stream ? 'sse' : 'json' },
    { model, usage: usageWanted || !stream, nowSeconds: Math.floor(nowMs / 1000) },
  );
}
