import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import {
  FullError,
  type PromptDraft,
  type PromptLimits,
  type PromptQuery,
  type PromptStore,
  type PromptSummary,
  type PromptTarget,
  type PromptVersion,
} from '../contract.ts';
import { isTaken } from './is-taken.ts';
import { auditRow } from './rows.ts';
import type { PromptTable, Tables } from './tables.ts';

/** Two that save the same name at once take the same number; one of them has to take the next. */
const SAVE_TRIES_MAX = 10;

/** Prompts in any database that Kysely speaks to. */
export function promptStore(database: Kysely<Tables>, settle: () => Promise<void>): PromptStore {
  return {
    save: async (draft, limits) => {
      const saved = await saving(database, draft, limits);
      await settle();
      return saved;
    },
    list: async (query) => {
      const newest = newestOf(database, query);
      const { total } = await newest.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const rows = await newest
        .select(['id', 'owner', 'name', 'version', 'metadata', 'began_at', 'created_at'])
        .orderBy('name')
        .orderBy('owner')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      return { prompts: rows.map(summaryOf), total: Number(total) };
    },
    load: async (target) => {
      const row = await database
        .selectFrom('prompt')
        .selectAll()
        .where((where) => where.and(columnsOf(target)))
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && promptOf(row);
    },
    remove: async (target, audit) => {
      const removed = await database.transaction().execute(async (transaction) => {
        const { numDeletedRows: count } = await transaction
          .deleteFrom('prompt')
          .where((where) => where.and(columnsOf(target)))
          .executeTakeFirstOrThrow();
        if (count > 0n && audit.length > 0) await transaction.insertInto('audit').values(audit.map(auditRow)).execute();
        return Number(count);
      });
      await settle();
      return removed;
    },
  };
}

function columnsOf({ owner, name, version }: PromptTarget) {
  return { owner, name, ...(version === undefined ? {} : { version }) };
}

function newestOf(
  database: Kysely<Tables>,
  { owner, name }: Pick<PromptQuery, 'owner' | 'name'>,
): SelectQueryBuilder<Tables, 'prompt', object> {
  const later = sql<boolean>`not exists (
    select 1 from prompt later
    where later.owner = prompt.owner and later.name = prompt.name and later.version > prompt.version
  )`;
  let query = database.selectFrom('prompt').where(later);
  if (owner !== undefined) query = query.where('owner', '=', owner);
  if (name !== undefined) query = query.where('name', '=', name);
  return query;
}

async function saving(database: Kysely<Tables>, draft: PromptDraft, limits: PromptLimits): Promise<PromptVersion> {
  for (let times = 1; ; times += 1) {
    try {
      return await database.transaction().execute((transaction) => saved(transaction, draft, limits));
    } catch (thrown) {
      if (times === SAVE_TRIES_MAX || !isTaken(thrown)) throw thrown;
    }
  }
}

async function saved(
  transaction: Transaction<Tables>,
  draft: PromptDraft,
  { promptsMax, versionsMax }: PromptLimits,
): Promise<PromptVersion> {
  const { owner, name } = draft;
  const versions = await transaction
    .selectFrom('prompt')
    .select(['version', 'began_at'])
    .where('owner', '=', owner)
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .execute();
  const [newest] = versions;
  if (versions.length >= versionsMax) throw new FullError(`${versionsMax} versions of a prompt`);
  if (!newest && (await promptCount(transaction, owner)) >= promptsMax) throw new FullError(`${promptsMax} prompts`);
  const version = { ...draft, version: (newest?.version ?? 0) + 1, beganAt: newest?.began_at ?? draft.createdAt };
  await transaction.insertInto('prompt').values(promptRow(version)).execute();
  return version;
}

async function promptCount(transaction: Transaction<Tables>, owner: string): Promise<number> {
  const { count } = await transaction
    .selectFrom('prompt')
    .select(({ fn }) => fn.count<number>('name').distinct().as('count'))
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return Number(count);
}

function promptRow({ beganAt, createdAt, metadata, ...same }: PromptVersion): PromptTable {
  return { ...same, metadata: JSON.stringify(metadata), began_at: beganAt, created_at: createdAt };
}

function summaryOf(row: Omit<PromptTable, 'prompt'>): PromptSummary {
  const { began_at: beganAt, created_at: createdAt, metadata, ...same } = row;
  return { ...same, metadata: JSON.parse(metadata) as Record<string, unknown>, beganAt, createdAt };
}

function promptOf({ prompt, ...row }: PromptTable): PromptVersion {
  return { ...summaryOf(row), prompt };
}
