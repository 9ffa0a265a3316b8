import type { ErrorCode } from '../model/error-rules.ts';
import { noted, type TurnRecord } from '../model/turn.ts';
import type { LeftBehind, OpenReservation, RecordStore, SpendJournal, SpendRow } from '../stores/contract.ts';
import type { Deadlines } from '../model/upstream.ts';

/** How spend is written behind. */
export interface SpendBookSettings {
  /** How long a row may wait for the database. */
  readonly flushMs: number;
  /** How many rows may wait; further ones stay in the journal until the next start. */
  readonly waitingMax: number;
}

/** What the book needs of the world. */
export interface SpendBookPorts {
  readonly store: Pick<RecordStore, 'addSpend' | 'settle'>;
  readonly journal: SpendJournal;
  readonly deadlines: Deadlines;
  /** Something that an operator should see. */
  readonly warn: (facts: object, message: string) => void;
}

/** The journal begins a new file when it is so long. */
const JOURNAL_BYTES_MAX = 4 * 1024 * 1024;
const ROWS_MAX = 500;
/** What a key may not do any more costs nothing, and must not fill the database either. */
const UNSPENT: ReadonlySet<ErrorCode> = new Set(['limit.rate', 'budget.exhausted']);

/** Writes down what every turn cost: in the journal at once, in the database a little later, many rows together. */
export class SpendBook {
  readonly #settings: SpendBookSettings;
  readonly #ports: SpendBookPorts;
  readonly #flushing;
  #waiting: SpendRow[] = [];
  #writing: Promise<void> | undefined;
  /** Rows are in the journal alone, so it must stay. */
  #isBehind = false;

  constructor(settings: SpendBookSettings, ports: SpendBookPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#flushing = ports.deadlines(() => void this.flush());
  }

  readonly add = (record: TurnRecord): void => {
    if (record.error && UNSPENT.has(record.error.code)) return;
    const row = rowOf(record);
    try {
      this.#ports.journal.settle(row);
    } catch (thrown) {
      this.#ports.warn(
        { requestId: row.requestId, err: thrown },
        'the cost of a turn could not be written down at once',
      );
    }
    if (this.#waiting.length >= this.#settings.waitingMax) this.#isBehind = true;
    else this.#waiting.push(row);
    if (this.#waiting.length === 1) this.#flushing.set(this.#settings.flushMs);
  };

  /** Brings everything that waits into the database. Resolves also when that fails; then it is tried again later. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#flushing.set(this.#settings.flushMs);
    });
    return this.#writing;
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#flushing.clear();
    await this.flush();
    await this.flush(); // what came in while the first one was running
    this.#flushing.clear();
    if (this.#waiting.length === 0 && !this.#isBehind) await this.#endJournal();
    this.#ports.journal.close();
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const rows = this.#waiting.slice(0, ROWS_MAX);
        await this.#ports.store.addSpend(rows);
        this.#waiting.splice(0, rows.length);
      }
      if (this.#ports.journal.bytes() >= JOURNAL_BYTES_MAX && !this.#isBehind) await this.#endJournal();
    } catch (thrown) {
      this.#ports.warn({ rows: this.#waiting.length, err: thrown }, 'the database did not take what turns have cost');
    }
  }

  /** Rows that come in meanwhile are in the new file. */
  async #endJournal(): Promise<void> {
    const isComplete = this.#waiting.length === 0;
    if (!isComplete) return;
    const remove = this.#ports.journal.turnOver();
    await this.#ports.store.settle();
    remove();
  }
}

/** Takes in what a process that died left behind. What was running then counts with all that was held back for it. */
export async function recoverSpend(
  { rows, open }: LeftBehind,
  { store, journal }: Pick<SpendBookPorts, 'store' | 'journal'>,
): Promise<void> {
  await store.addSpend([...rows, ...open.map(worstRow)]);
  const remove = journal.turnOver();
  await store.settle();
  remove();
}

function rowOf(record: TurnRecord): SpendRow {
  const { usage, cost, trail } = record;
  const periodStart = noted(trail, 'periodStart');
  return {
    requestId: record.turnId,
    keyId: record.keyId,
    userId: record.userId,
    periodStart: typeof periodStart === 'number' ? periodStart : 0,
    model: record.model,
    provider: record.provider,
    upstreamModel: record.upstreamModel,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cacheReadTokens: usage?.cacheReadTokens ?? 0,
    cacheWriteTokens: usage?.cacheWriteTokens ?? 0,
    costNanousd: cost?.nanousd ?? 0,
    estimated: record.usageEstimated,
    note: cost?.note,
    status: record.status,
    stream: record.stream,
    tags: record.tags,
    startedAt: Math.round(record.startedAt),
    endedAt: Math.round(record.startedAt + record.durationMs),
  };
}

const DIED_STATUS = 500;

function worstRow({ turnId, keyId, periodStart, nanousd, at }: OpenReservation): SpendRow {
  return {
    requestId: turnId,
    keyId,
    userId: undefined,
    periodStart,
    model: '',
    provider: undefined,
    upstreamModel: undefined,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costNanousd: nanousd,
    estimated: true,
    note: 'the gateway died while this ran; the most it can have cost',
    status: DIED_STATUS,
    stream: false,
    tags: [],
    startedAt: at,
    endedAt: at,
  };
}
