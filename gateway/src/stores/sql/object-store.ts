import type { Kysely } from 'kysely';
import type { ObjectStore, OwnedObject } from '../contract.ts';
import type { ObjectTable, Tables } from './tables.ts';

/** Whose files and batches are whose, in any database that Kysely speaks to. */
export function objectStore(database: Kysely<Tables>, settle: () => Promise<void>): ObjectStore {
  return {
    add: async ({ id, kind, keyId, provider, createdAt }) => {
      await database
        .insertInto('owned_object')
        .values({ id, kind, key_id: keyId, provider, created_at: createdAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await settle();
    },
    find: async (id) => {
      const row = await database.selectFrom('owned_object').selectAll().where('id', '=', id).executeTakeFirst();
      return row && objectOf(row);
    },
    list: async ({ keyId, kind, after, limit }) => {
      let newest = database
        .selectFrom('owned_object')
        .selectAll()
        .where('key_id', '=', keyId)
        .where('kind', '=', kind)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (after)
        newest = newest.where((where) =>
          where.or([
            where('created_at', '<', after.createdAt),
            where.and([where('created_at', '=', after.createdAt), where('id', '<', after.id)]),
          ]),
        );
      return (await newest.execute()).map(objectOf);
    },
    remove: async (id) => {
      await database.deleteFrom('owned_object').where('id', '=', id).execute();
      await settle();
    },
  };
}

function objectOf({ id, kind, key_id, provider, created_at }: ObjectTable): OwnedObject {
  return { id, kind: kind as OwnedObject['kind'], keyId: key_id, provider, createdAt: created_at };
}
