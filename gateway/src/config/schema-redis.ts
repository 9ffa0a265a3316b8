import { z } from 'zod';
import { milliseconds } from './fields.ts';

const ADDRESS_CHARACTERS_MAX = 4096;

/** What gateways share. */
export const redis = z.strictObject({
  url: z
    .string()
    .max(ADDRESS_CHARACTERS_MAX)
    .regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// address')
    .meta({ secret: true })
    .optional()
    .describe(
      'Address of a Redis that several gateways share, to know how targets do; absent means that each knows its own.',
    ),
  prefix: z.string().min(1).max(128).default('synthlang:').describe('Stands in front of all names there.'),
  connectTimeoutMs: milliseconds(5000).describe('Time to connect.'),
  tellEveryMs: milliseconds(250).describe('How often gateways tell each other what is new.'),
  readEveryMs: milliseconds(5000).describe('How often all is read anew, since messages can be missed.'),
});
