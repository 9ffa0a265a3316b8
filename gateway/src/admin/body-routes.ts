import { z } from 'zod';
import { GatewayError } from '../model/error.ts';
import type { AuditRow, RecordStore } from '../stores/contract.ts';
import type { AdminAsk, AdminMethods, AdminRoutes } from './contract.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { readQuery } from './read-fields.ts';

/** What the route about bodies needs. */
export interface BodyRoutePorts {
  /** What was said in a turn, if it was kept. Rejects when it can't be opened. */
  readonly text: (requestId: string) => Promise<string | undefined>;
  readonly store: Pick<RecordStore, 'changeKeys'>;
  readonly newId: () => string;
  readonly nowMs: () => number;
}

const BodyQuery = z.strictObject({ request_id: z.string().min(1).max(128) });

/** What was said in one turn. Looking at it is an act that is written down first. */
export function bodyRoutes(ports: BodyRoutePorts): AdminRoutes {
  const answer = (ask: AdminAsk): Promise<object> => read(ports, ask);
  return new Map<string, AdminMethods>([
    [
      '/admin/bodies',
      {
        GET: {
          summary: 'What was said in one request, if it was kept. Looking is written down.',
          tag: 'Spend and records',
          permission: 'bodies.read',
          query: jsonSchemaOf(BodyQuery),
          answer,
        },
      },
    ],
  ]);
}

async function read({ text, store, newId, nowMs }: BodyRoutePorts, { query, caller }: AdminAsk): Promise<object> {
  const { request_id: requestId } = readQuery(BodyQuery, query);
  const act = { id: newId(), at: nowMs(), actor: caller.keyId, action: 'body.read', target: requestId };
  const audit: AuditRow[] = [{ ...act, before: undefined, after: undefined }];
  await store.changeKeys({ audit });
  const body = await text(requestId);
  if (body === undefined)
    throw new GatewayError('record.unknown', 'Nothing was kept of this request.', { param: 'request_id' });
  return { request_id: requestId, body: jsonOf(body) };
}

/** A body that was too long to keep whole is text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
