import { join } from 'node:path';
import { newPepper } from './access/key-text.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { ResponseKeeper } from './keeping/response-keeper.ts';
import { responseRows } from './keeping/response-rows.ts';
import { ResponseVault, type ResponseVaultPorts } from './keeping/response-vault.ts';
import { recoverSpend } from './ledger/spend-book.ts';
import type { KeyRecord, PeriodSpend, RecordStore, Sealing, SpendJournal } from './stores/contract.ts';
import { jsonFile } from './stores/json-file.ts';
import { openSealing } from './stores/sealing.ts';
import { openSpendJournal } from './stores/spend-journal.ts';

/** What is kept between runs, read and ready. */
export interface OpenRecords {
  readonly store: RecordStore;
  readonly journal: SpendJournal;
  readonly keys: readonly KeyRecord[];
  readonly spends: readonly PeriodSpend[];
  readonly pepper: string;
  /** Present where there is a secret. */
  readonly sealing: Sealing | undefined;
}

/** What opening needs of the world. */
export interface RecordPorts {
  readonly nowMs: () => number;
  /** Something that an operator should see. */
  readonly warn: (facts: object, message: string) => void;
}

/** Opens the database, brings it up to date, and takes in what an earlier run had no time to write. */
export async function openRecords(
  { config }: LoadedConfig,
  dataDir: string,
  ports: RecordPorts,
): Promise<OpenRecords | undefined> {
  const { store: settings, access } = config;
  if (!settings.enabled) return undefined;
  const store = await opened(settings.url, dataDir, ports);
  try {
    const { journal, left } = openSpendJournal(join(dataDir, 'journal'), {
      nowMs: ports.nowMs,
      processId: process.pid,
      isRunning,
    });
    await recoverSpend(left, { store, journal });
    const pepper = access.keyPepper ?? (await storedPepper(dataDir));
    const { encryptionKey } = config.records;
    return {
      store,
      journal,
      keys: await store.keys(),
      spends: await store.periodSpend(),
      pepper,
      sealing: encryptionKey === undefined ? undefined : await openSealing(encryptionKey),
    };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Keeps responses in memory, and in the database where they may be written there. */
export function keeperOf(
  { responses, store: { flushMs } }: Config,
  records: OpenRecords | undefined,
  ports: Omit<ResponseVaultPorts, 'store' | 'rows' | 'flushMs'>,
): ResponseKeeper {
  const isPlain = responses.database === 'plain';
  const mayWrite = isPlain || (responses.database === 'sealed' && records?.sealing !== undefined);
  if (!records || !mayWrite) return new ResponseKeeper(responses, ports);
  const rows = responseRows({ sealing: records.sealing, isPlain });
  const vault = new ResponseVault(responses, { ...ports, store: records.store.responses, rows, flushMs });
  return new ResponseKeeper(responses, { ...ports, vault });
}

/** Drivers are loaded when they are wanted, since most gateways want one of them. */
async function opened(url: string | undefined, dataDir: string, { warn }: RecordPorts): Promise<RecordStore> {
  if (url === undefined) {
    const { openSqlite } = await import('./stores/sql/sqlite.ts');
    return openSqlite(join(dataDir, 'synthlang.db'));
  }
  const { openPostgres } = await import('./stores/sql/postgres.ts');
  return openPostgres(url, (cause) => warn({ err: cause }, 'a connection to the database broke'));
}

/** Stored hashes are worth nothing without it, so it is made once and never changed. */
async function storedPepper(dataDir: string): Promise<string> {
  const path = join(dataDir, 'key-pepper.json');
  const file = jsonFile(path);
  const stored = file.read();
  if (stored === undefined) {
    const pepper = newPepper();
    await file.write({ pepper });
    return pepper;
  }
  const pepper = typeof stored === 'object' && stored !== null && 'pepper' in stored ? stored.pepper : undefined;
  if (typeof pepper === 'string' && /^[0-9a-f]{64}$/.test(pepper)) return pepper;
  throw new Error(`${path} holds no pepper; restore it, or no stored key will be known any more.`);
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
