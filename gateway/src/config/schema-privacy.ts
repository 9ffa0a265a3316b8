import { z } from 'zod';
import { PRIVATE_KINDS } from '../model/privacy.ts';

/** Where private data is masked. */
export const privacy = z.strictObject({
  maskBeforeLlm: z
    .boolean()
    .default(false)
    .describe('Put placeholders in place of private data before anything leaves for a provider.'),
  maskInLogs: z
    .boolean()
    .default(true)
    .describe('Mask private data in what is kept of a request: log lines, records, callbacks.'),
  callersMaySwitchOff: z
    .boolean()
    .default(true)
    .describe('Whether a caller’s switch can turn masking off. It can always turn it on.'),
  kinds: z
    .array(z.enum(PRIVATE_KINDS))
    .min(1)
    .default([...PRIVATE_KINDS])
    .describe('Kinds of private data that are looked for.'),
});

/** Rules of one key, instead of the general ones. */
export const keyPrivacy = z.strictObject({
  maskBeforeLlm: z.boolean().optional().describe('For this key, instead of `privacy.maskBeforeLlm`.'),
  maskInLogs: z.boolean().optional().describe('For this key, instead of `privacy.maskInLogs`.'),
  callersMaySwitchOff: z.boolean().optional().describe('For this key, instead of `privacy.callersMaySwitchOff`.'),
});
