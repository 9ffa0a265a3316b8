import type { Dialect } from '../contract.ts';
import { readComplaint, writeError } from '../openai-errors.ts';
import { DIALECT } from './fields.ts';
import { glanceReply } from './glance.ts';
import { patchReply, patchRequest } from './patch.ts';
import { decodeReply } from './reply-in.ts';
import { encodeReply } from './reply-out.ts';
import { readRequest } from './request-check.ts';
import { encodeRequest } from './request-out.ts';

/**
 * OpenAI's Responses. A conversation and an answer are lists of items: messages, reasoning, calls and their results.
 * https://platform.openai.com/docs/api-reference/responses
 */
export const openaiResponses: Dialect = {
  id: DIALECT,
  streamForm: 'sse',
  readRequest,
  encodeRequest,
  patchRequest,
  decodeReply,
  glanceReply,
  patchReply,
  encodeReply,
  encodeError: (error) => Buffer.from(JSON.stringify(writeError(error))),
  readError: readComplaint,
};
