import type { Dialect } from '../contract.ts';
import { encodeError, readError } from './errors.ts';
import { DIALECT } from './fields.ts';
import { glanceReply } from './glance.ts';
import { patchReply, patchRequest } from './patch.ts';
import { decodeReply } from './reply-in.ts';
import { encodeReply } from './reply-out.ts';
import { readRequest } from './request-check.ts';
import { encodeRequest } from './request-out.ts';

/** Ollama's own chat, whose streams are lines of JSON. https://docs.ollama.com/api/chat */
export const ollamaChat: Dialect = {
  id: DIALECT,
  streamForm: 'json-lines',
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
