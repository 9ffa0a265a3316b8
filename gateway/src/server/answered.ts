import { dialects } from '../dialects/index.ts';
import { run, type Pipeline } from '../pipeline/run.ts';
import type { Trail } from '../pipeline/trail.ts';
import { speech, type Speech } from './egress.ts';

const AMAZON_HEADERS = ['content-type', 'application/vnd.amazon.eventstream'];

/** Leads a turn along the line, and gives its reply in the caller's own dialect and form. Throws what the line throws. */
export function answered(trail: Trail, pipeline: Pipeline, nowMs: number): Promise<Speech> {
  const { ask, dialect } = trail.turn;
  const { model, stream, usageWanted } = ask.head;
  const wanted = { dialect, form: stream ? dialects[dialect].streamForm : 'json' } as const;
  const options = { model, usage: usageWanted || !stream, nowSeconds: Math.floor(nowMs / 1000) };
  return run(pipeline, trail).then((reply) => {
    const spoken = speech(reply, wanted, options);
    return wanted.form === 'aws-event-stream' ? { ...spoken, announced: AMAZON_HEADERS } : spoken;
  });
}
