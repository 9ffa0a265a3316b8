import { dialects } from '../dialects/index.ts';
import { run, type Pipeline } from '../pipeline/run.ts';
import type { Trail } from '../pipeline/trail.ts';
import { speech, type Speech } from './egress.ts';

/** Leads a turn along the line, and gives its reply in the caller's own dialect and form. Throws what the line throws. */
export function answered(trail: Trail, pipeline: Pipeline, nowMs: number): Promise<Speech> {
  const { ask, dialect } = trail.turn;
  const { model, stream, usageWanted } = ask.head;
  const wanted = { dialect, form: stream ? dialects[dialect].streamForm : 'json' } as const;
  const options = { model, usage: usageWanted || !stream, nowSeconds: Math.floor(nowMs / 1000) };
  return run(pipeline, trail).then((reply) => speech(reply, wanted, options));
}
