import type { Wire } from '../../model/reply.ts';
import type { Origin } from '../../model/request.ts';
import type { ReplyPatch, RequestPatch } from '../contract.ts';
import { cutFields, spliced } from '../json-spans.ts';
import { requestSpans } from '../request-spans.ts';

/** What stands in the path where a provider is asked. */
const IN_PATH: ReadonlySet<string> = new Set(['model', 'stream']);

/** Takes fields out, those that belong into the path among them; every other byte stays. */
export function patchRequest(origin: Origin, { cut }: RequestPatch): Buffer {
  return spliced(
    origin.bytes,
    cutFields(requestSpans(origin), ({ key }) => IN_PATH.has(key) || cut.includes(key)),
  );
}

/** Changes nothing: a reply doesn't name its model, and usage stands among what is always said. */
export function patchReply(_form: Wire['form'], _patch: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  return (frame) => frame;
}
