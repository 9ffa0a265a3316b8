import { z } from 'zod';
import { SWITCH_NAMES, SWITCH_VERDICTS } from '../model/switch-rules.ts';
import { address, headers, milliseconds, modelName, regionName, secret, whole } from './fields.ts';
import { agents } from './schema-agents.ts';
import { cache } from './schema-cache.ts';
import { guardName, guards } from './schema-guards.ts';
import { operations } from './schema-operations.ts';
import { redis } from './schema-redis.ts';
import { responses } from './schema-responses.ts';
import { keyPrivacy, privacy } from './schema-privacy.ts';
import { prompting } from './schema-prompting.ts';
import { models, providers, routing, upstream } from './schema-routing.ts';
import { limits, records, store } from './schema-store.ts';
import { keywords, tools } from './schema-tools.ts';

const GIBIBYTE = 1_073_741_824;

const server = z.strictObject({
  host: z.string().min(1).max(255).default('127.0.0.1').describe('Address to listen on; `0.0.0.0` for all interfaces.'),
  port: whole(8000, { min: 0, max: 65_535 }).describe('Port to listen on; 0 takes any free one.'),
  bodyBytesMax: whole(33_554_432, { min: 1024, max: GIBIBYTE }).describe('Longest request body that is accepted.'),
  headerBytesMax: whole(32_768, { min: 1024, max: 1_048_576 }).describe('Longest request head that is accepted.'),
  headersTimeoutMs: milliseconds(10_000).describe('Time a caller has to send its request head.'),
  requestTimeoutMs: milliseconds(60_000).describe('Time a caller has to send its whole request, body included.'),
  keepAliveTimeoutMs: milliseconds(65_000).describe('How long an idle connection of a caller is kept open.'),
  connectionsMax: whole(10_000, { min: 1, max: 1_000_000 }).describe('Most connections of callers at one time.'),
  turnsMax: whole(2000, { min: 1, max: 1_000_000 }).describe('Turns that are worked on at one time; others wait.'),
  queueMax: whole(1000, { min: 0, max: 1_000_000 }).describe(
    'Turns that wait for a place; then those with the least rights are refused with 503.',
  ),
  queueWaitMs: milliseconds(10_000).describe('How long a turn waits for a place.'),
  heapShareMax: z
    .number()
    .min(0.1)
    .max(1)
    .default(0.85)
    .describe('Above this share of the heap’s limit only admins’ turns are taken.'),
  writeIdleTimeoutMs: milliseconds(60_000).describe('When to give up on a caller that has stopped reading its reply.'),
  readinessGraceMs: milliseconds(0, { min: 0 }).describe(
    'Time at shutdown in which readiness says no but requests are still taken, for load balancers to notice.',
  ),
  docs: z.boolean().default(true).describe('Show what is served here, to anybody: `/docs` and `/openapi.json`.'),
  ui: z
    .boolean()
    .default(true)
    .describe('Show a page for people who run the gateway: `/ui`. What it shows takes a key.'),
  drainMs: milliseconds(30_000, { min: 0 }).describe('Time that running replies get to finish at shutdown.'),
});

/** What happens to switches of requests, by the name of their body field. */
const switches = () => z.partialRecord(z.enum(SWITCH_NAMES), z.enum(SWITCH_VERDICTS));

const apiKey = z.strictObject({
  id: z.string().min(1).max(128).describe('Names the key in logs and records.'),
  key: secret().describe('What the caller sends.'),
  role: z.enum(['admin', 'premium', 'basic']).default('basic').describe('What the key may do.'),
  models: z.array(modelName()).optional().describe('Model names this key may use; absent means all.'),
  regions: z
    .array(regionName())
    .min(1)
    .max(100)
    .optional()
    .describe('Where targets must stand that this key is answered by; absent means anywhere.'),
  privacy: keyPrivacy.optional().describe('What holds for this key instead of `privacy`.'),
  guards: z.array(guardName()).max(50).optional().describe('Guards that judge this key, besides the usual ones.'),
  switches: switches().optional().describe('Switches of requests that this key may use or not, whatever its role may.'),
  tools: z
    .array(z.string().min(1).max(64))
    .max(1000)
    .optional()
    .describe('Names of the gateway’s own tools this key may use; absent means all that its role may.'),
});

const roleSwitches = z.strictObject({
  admin: switches().optional().describe('For admins.'),
  premium: switches().optional().describe('For the role premium.'),
  basic: switches().optional().describe('For the role basic.'),
});

const users = () => z.array(z.string().min(1).max(256)).max(10_000).default([]);

const access = z.strictObject({
  masterKey: secret().optional().describe('A key that may do everything.'),
  apiKeys: z
    .array(apiKey)
    .max(10_000)
    .superRefine((keys, context) => {
      for (const field of ['id', 'key'] as const) {
        const seen = new Set<string>();
        for (const [index, entry] of keys.entries()) {
          if (seen.has(entry[field])) {
            context.addIssue({
              code: 'custom',
              path: [index, field],
              message: `is the same ${field} as an earlier one`,
            });
          }
          seen.add(entry[field]);
        }
      }
    })
    .default([])
    .describe('Keys that callers may use.'),
  switches: switches().default({}).describe('Switches of requests that are passed over or refused; the others hold.'),
  roleSwitches: roleSwitches.default({}).describe('The same for one role, instead.'),
  adminUsers: users().describe('Users (`user_id` of a key, or `id` of one of `access.apiKeys`) who are admins.'),
  premiumUsers: users().describe('Users who have the role premium.'),
  keyPepper: secret()
    .optional()
    .describe(
      'Secret behind the hashes of stored keys; absent makes one in the data folder. All gateways of one database need the same.',
    ),
});

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least important lines that are still written.'),
  turns: z.boolean().default(true).describe('Write one line for each request.'),
});

const delivery = {
  on: z
    .array(z.enum(['success', 'error']))
    .min(1)
    .default(['success', 'error'])
    .describe('Which turns are sent.'),
  batchSizeMax: whole(100, { min: 1, max: 10_000 }).describe('Most turns in one delivery.'),
  flushMs: milliseconds(1000).describe('Longest time a turn waits for its delivery.'),
  queueMax: whole(10_000, { min: 1, max: 1_000_000 }).describe(
    'Most turns that wait; further ones are dropped and counted.',
  ),
  timeoutMs: milliseconds(5000).describe('Time one delivery may take.'),
};

const callback = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('langfuse').describe('Sends turns to Langfuse.'),
    host: address().default('https://cloud.langfuse.com').describe('Address of the Langfuse server.'),
    publicKey: secret().describe('Public key of the Langfuse project.'),
    secretKey: secret().describe('Secret key of the Langfuse project.'),
    ...delivery,
  }),
  z.strictObject({
    kind: z.literal('webhook').describe('Posts turns as JSON to an address of yours.'),
    url: address().describe('Where to post.'),
    headers: headers().optional().describe('Headers to send along.'),
    ...delivery,
  }),
]);

const saving = z.strictObject({
  mode: z
    .enum(['off', 'audit', 'lossless'])
    .default('off')
    .describe(
      'Say what tools and logs wrote into a conversation in fewer tokens: `lossless` does, `audit` only counts what that would save.',
    ),
  level: z
    .enum(['low', 'medium', 'high'])
    .default('medium')
    .describe(
      '`low` takes blanks out of JSON; `medium` also writes JSON as tables, folds logs and says repeated blocks once; `high` also cuts links and times in tables to what differs.',
    ),
});

const metrics = z.strictObject({
  enabled: z.boolean().default(true).describe('Serve Prometheus metrics at `/metrics`.'),
});

/** Every setting there is. Types, defaults, JSON Schema, the reference page and environment names are made from it. */
export const Config = z
  .strictObject({
    server: server.prefault({}).describe('How callers are served.'),
    dataDir: z.string().min(1).max(4096).default('./data').describe('Folder that everything is kept in.'),
    access: access.prefault({}).describe('Who may use the gateway.'),
    providers: providers.describe('Keys and addresses of providers, by provider id.'),
    models: models.describe('Model names that callers may ask for. Entries with the same name form a group.'),
    routing: routing.prefault({}).describe('How targets are chosen and retried.'),
    upstream: upstream.prefault({}).describe('Limits of connections to providers.'),
    tools: tools.prefault({}).describe('What the gateway itself can do for callers.'),
    agents: agents.describe('Models that work on a task with the gateway’s own tools.'),
    keywords: keywords.prefault({}).describe('How messages are searched for tools.'),
    responses: responses.prefault({}).describe('What is kept of the Responses API.'),
    operations: operations.prefault({}).describe('Embeddings, pictures, sounds, files and other operations.'),
    prompting: prompting.prefault({}).describe('Work on prompts, by a model.'),
    saving: saving.prefault({}).describe('How tokens are saved.'),
    cache: cache.prefault({}).describe('Which answers are given again.'),
    privacy: privacy.prefault({}).describe('Where private data is masked.'),
    guards: guards.prefault({}).describe('What may not be said.'),
    log: log.prefault({}).describe('What is written to the log.'),
    callbacks: z.array(callback).max(100).default([]).describe('Where finished turns are sent.'),
    metrics: metrics.prefault({}).describe('Numbers for a monitoring system.'),
    limits: limits.prefault({}).describe('How much callers may do.'),
    store: store.prefault({}).describe('Where keys and spend are kept.'),
    redis: redis.prefault({}).describe('What several gateways share.'),
    records: records.prefault({}).describe('What is kept of what was said.'),
  })
  .superRefine(({ access: { apiKeys }, guards: { rules } }, context) => {
    const known = new Set(rules.map(({ name }) => name));
    for (const [at, { guards: named = [] }] of apiKeys.entries()) {
      const unknown = named.findIndex((name) => !known.has(name));
      if (unknown === -1) continue;
      const path = ['access', 'apiKeys', at, 'guards', unknown];
      context.addIssue({ code: 'custom', path, message: 'is not the name of a guard in guards.rules' });
    }
  });

/** The effective configuration, checked and complete. */
export type Config = z.infer<typeof Config>;
