import { type Kysely, type Migration, type MigrationProvider, Migrator } from 'kysely';
import type { Tables } from './tables.ts';

/** The type of bytes, the one word that the two databases don't share. */
export type BytesType = 'blob' | 'bytea';

/** Brings a database up to date. Each migration runs once, in a transaction; rejects when one fails. */
export async function migrate(database: Kysely<Tables>, bytes: BytesType): Promise<void> {
  const provider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations(bytes)) };
  const { error, results } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  throw new Error(`The database could not be brought up to date${failed ? ` (${failed})` : ''}.`, { cause: error });
}

/** In the order of their names. One that has been released is never changed; a later one corrects it. */
function migrations(bytes: BytesType): Record<string, Migration> {
  return {
    '0001-keys-and-spend': { up: keysAndSpend },
    '0002-bodies': { up: (database) => bodies(database, bytes) },
    '0003-prompts': { up: prompts },
    '0004-owned-objects': { up: ownedObjects },
    '0005-kept-responses': { up: (database) => keptResponses(database, bytes) },
  };
}

async function keysAndSpend(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('access_key')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.unique())
    .addColumn('user_id', 'text')
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('models', 'text')
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('budget_nanousd', 'bigint')
    .addColumn('budget_duration', 'text')
    .addColumn('budget_since', 'bigint', (column) => column.notNull())
    .addColumn('requests_per_minute', 'bigint')
    .addColumn('tokens_per_minute', 'bigint')
    .addColumn('parallel_max', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('blocked', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await spendTables(database);
  await database.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute();
  await database.schema.createIndex('audit_at').on('audit').column('at').execute();
}

async function spendTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('spend')
    .addColumn('request_id', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('period_start', 'bigint', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('provider', 'text')
    .addColumn('upstream_model', 'text')
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cache_read_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cache_write_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cost_nanousd', 'bigint', (column) => column.notNull())
    .addColumn('estimated', 'integer', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('spend_started').on('spend').column('started_at').execute();
  await database.schema.createIndex('spend_key').on('spend').columns(['key_id', 'started_at']).execute();
  await database.schema
    .createTable('period_spend')
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('period_start', 'bigint', (column) => column.notNull())
    .addColumn('cost_nanousd', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('period_spend_key', ['key_id', 'period_start'])
    .execute();
}

async function bodies(database: Kysely<unknown>, bytes: BytesType): Promise<void> {
  await database.schema
    .createTable('body')
    .addColumn('request_id', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    // SQLite takes any name for a type; Kysely knows only PostgreSQL's.
    .addColumn('sealed', bytes as 'bytea', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('body_at').on('body').column('at').execute();
}

async function ownedObjects(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('owned_object')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('owned_object_key')
    .on('owned_object')
    .columns(['key_id', 'kind', 'created_at'])
    .execute();
}

async function prompts(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('prompt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('prompt', 'text', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('began_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('prompt_version', ['owner', 'name', 'version'])
    .execute();
  await database.schema.createIndex('prompt_name').on('prompt').columns(['name', 'owner']).execute();
}

/** The bodies stand last, so that what is counted and sorted is read without them. */
async function keptResponses(database: Kysely<unknown>, bytes: BytesType): Promise<void> {
  await database.schema
    .createTable('kept_response')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('sealed', 'integer', (column) => column.notNull())
    .addColumn('body', bytes as 'bytea', (column) => column.notNull())
    .execute();
  const index = (name: string, columns: string[]) =>
    database.schema.createIndex(name).on('kept_response').columns(columns).execute();
  await index('kept_response_key', ['key_id', 'created_at', 'id', 'bytes']);
  await index('kept_response_expires', ['expires_at']);
  await database.schema
    .createTable('removed_response')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('removed_response_at').on('removed_response').column('at').execute();
}
