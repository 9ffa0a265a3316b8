import type { Dialect } from '../contract.ts';
import { encodeError, readError } from './errors.ts';
import { DIALECT } from './fields.ts';
import { glanceReply } from './glance.ts';
import { patchReply, patchRequest } from './patch.ts';
import { decodeReply } from './reply-in.ts';
import { encodeReply } from './reply-out.ts';
import { readRequest } from './request-check.ts';
import { encodeRequest } from './request-out.ts';

/** Cohere's chat, the second version of it. https://docs.cohere.com/reference/chat */
export const cohereChat: Dialect = {
  id: DIALECT,
  streamForm: 'sse',
  readRequest,
  encodeRequest,
  patchRequest,
  decodeReply,
  glanceReply,
  patchReply,
  encodeReply,
  encodeError,
  readError,
};
