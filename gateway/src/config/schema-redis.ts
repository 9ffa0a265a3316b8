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
  hostName: z
    .string()
    .min(1)
    .max(ADDRESS_CHARACTERS_MAX)
    .meta({ reference: true })
    .optional()
    .describe('Where that Redis is, when there is no `url`.'),
  portNumber: z.number().int().min(1).max(65_535).default(6379).describe('Its port, with `hostName`.'),
  username: z.string().max(1024).meta({ reference: true }).optional().describe('Who signs in there, with `hostName`.'),
  password: z.string().max(4096).meta({ secret: true }).optional().describe('The password there, with `hostName`.'),
  tls: z.boolean().default(false).describe('Whether to speak TLS there, with `hostName`.'),
  prefix: z.string().min(1).max(128).default('synthlang:').describe('Stands in front of all names there.'),
  connectTimeoutMs: milliseconds(5000).describe('Time to connect.'),
  tellEveryMs: milliseconds(250).describe('How often gateways tell each other what is new.'),
  readEveryMs: milliseconds(5000).describe('How often all is read anew, since messages can be missed.'),
});
