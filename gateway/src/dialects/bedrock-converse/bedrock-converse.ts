import type { Dialect } from '../contract.ts';
import { encodeError, readError } from './errors.ts';
import { DIALECT } from './fields.ts';
import { patchReply, patchRequest } from './patch.ts';
import { decodeReply, glanceReply } from './reply-in.ts';
import { encodeReply } from './reply-out.ts';
import { readRequest } from './request-check.ts';
import { encodeRequest } from './request-out.ts';

/**
 * Amazon Bedrock's Converse and ConverseStream. The path says the model and whether to stream; here both are the first
 * fields of the body, and are taken out where a provider is asked.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: Dialect = {
  id: DIALECT,
  streamForm: 'aws-event-stream',
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
