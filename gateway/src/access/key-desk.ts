import { GatewayError } from '../model/error.ts';
import { type AuditRow, type KeyRecord, type PeriodSpend, type RecordStore, TakenError } from '../stores/contract.ts';
import { durationMs, periodAt } from './budget-period.ts';
import { keyName, newKeyText } from './key-text.ts';
import type { LiveKey, VirtualKeys } from './virtual-keys.ts';

/** What an admin may say about a key. Absent leaves it as it is; `null` takes it away. */
export interface KeyWish {
  readonly alias?: string | null;
  readonly userId?: string | null;
  readonly role?: KeyRecord['role'];
  readonly models?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly budgetNanousd?: number | null;
  readonly budgetDuration?: string | null;
  readonly requestsPerMinute?: number | null;
  readonly tokensPerMinute?: number | null;
  readonly parallelMax?: number | null;
  /** How long from now the key is good. */
  readonly duration?: string | null;
  readonly blocked?: boolean;
}

/** What the desk needs of the world. */
export interface KeyDeskPorts {
  readonly keys: VirtualKeys;
  readonly store: Pick<RecordStore, 'changeKeys'>;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Makes, changes and removes keys: first in the database, with who did it, then in memory. */
export class KeyDesk {
  readonly #ports: KeyDeskPorts;

  constructor(ports: KeyDeskPorts) {
    this.#ports = ports;
  }

  /** Makes a key. Its text is given back this once and kept nowhere. */
  async generate(
    wish: KeyWish,
    actor: string,
    own?: string,
  ): Promise<{ readonly key: string; readonly live: LiveKey }> {
    const { keys, nowMs } = this.#ports;
    const key = own ?? newKeyText();
    const now = nowMs();
    const record: KeyRecord = {
      ...UNSAID,
      ...changes(wish, now),
      id: keys.idOf(key),
      name: keyName(key),
      budgetSince: now,
      createdAt: now,
      createdBy: actor,
      updatedAt: now,
    };
    await this.#change({ insert: [record], audit: [this.#act(actor, 'key.generate', { after: record })] });
    return { key, live: keys.put(record) };
  }

  /** Changes a key. */
  async update(live: LiveKey, wish: KeyWish, actor: string, action = 'key.update'): Promise<LiveKey> {
    const { keys, nowMs } = this.#ports;
    const now = nowMs();
    const before = live.record;
    const changed = { ...before, ...changes(wish, now), updatedAt: now };
    const beginsAnew = changed.budgetDuration !== before.budgetDuration;
    const record = beginsAnew ? { ...changed, budgetSince: now } : changed;
    const audit = [this.#act(actor, action, { before, after: record })];
    await this.#change({ update: [record], carried: beginsAnew ? carriedBy(live, record, now) : [], audit });
    return keys.put(record);
  }

  /** Removes keys. Turns that are running go on. */
  async remove(lives: readonly LiveKey[], actor: string): Promise<void> {
    const audit = lives.map(({ record }) => this.#act(actor, 'key.delete', { before: record }));
    await this.#change({ remove: lives.map(({ record }) => record.id), audit });
    for (const { record } of lives) this.#ports.keys.remove(record.id);
  }

  #act(actor: string, action: string, { before, after }: { before?: KeyRecord; after?: KeyRecord }): AuditRow {
    const { newId, nowMs } = this.#ports;
    return { id: newId(), at: nowMs(), actor, action, target: (after ?? before)?.id ?? '', before, after };
  }

  async #change(change: Parameters<RecordStore['changeKeys']>[0]): Promise<void> {
    try {
      await this.#ports.store.changeKeys(change);
    } catch (thrown) {
      if (thrown instanceof TakenError)
        throw new GatewayError('record.taken', 'Another key has this text or this alias.', { param: 'key_alias' });
      throw new GatewayError('store.failed', 'The database did not take the change; nothing was changed.', {
        cause: thrown,
      });
    }
  }
}

const UNSAID = {
  alias: undefined,
  userId: undefined,
  role: 'basic',
  models: undefined,
  metadata: {},
  budgetNanousd: undefined,
  budgetDuration: undefined,
  requestsPerMinute: undefined,
  tokensPerMinute: undefined,
  parallelMax: undefined,
  expiresAt: undefined,
  blocked: false,
} as const;

function changes({ duration, ...wish }: KeyWish, now: number): Partial<KeyRecord> {
  const said = Object.entries(wish).filter(([, value]) => value !== undefined);
  const plain = Object.fromEntries(said.map(([name, value]) => [name, value ?? undefined]));
  if (duration === undefined) return plain;
  return { ...plain, expiresAt: duration === null ? undefined : now + (durationMs(duration) ?? 0) };
}

/** Another rhythm begins another period, and what was spent in the running one counts there as well. */
function carriedBy({ account }: LiveKey, { id, budgetDuration, budgetSince }: KeyRecord, now: number): PeriodSpend[] {
  const spent = account.budget?.at(now).spentNanousd ?? 0;
  if (spent === 0) return [];
  return [{ keyId: id, periodStart: periodAt(budgetDuration, budgetSince, now).startsAt, costNanousd: spent }];
}
