import type { Wire } from '../../model/reply.ts';
import type { ReplyPatch } from '../contract.ts';

export { patchModel as patchRequest } from '../model-patch.ts';

/** Changes nothing: a reply doesn't name its model, and usage stands in the event that ends a stream. */
export function patchReply(_form: Wire['form'], _patch: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  return (frame) => frame;
}
