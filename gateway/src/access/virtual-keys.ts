import { GatewayError } from '../model/error.ts';
import type { Caller } from '../model/turn.ts';
import type { KeyRecord, PeriodSpend } from '../stores/contract.ts';
import { type AccessRules, requestsPerMinuteOf, roleUnder } from './access-rules.ts';
import { type AccountLimits, CountedAccount } from './counted-account.ts';
import { keyedHash } from './key-text.ts';
import { keyHash } from './keyring.ts';
import { regionsOf } from './key-regions.ts';
import { switchesOf } from './overruling.ts';

/** What the table of keys needs of the world. */
export interface VirtualKeyPorts {
  readonly clockMs: () => number;
  readonly nowMs: () => number;
  readonly pepper: string;
}

/** A key as it is in use. */
export interface LiveKey {
  readonly record: KeyRecord;
  readonly caller: Caller;
  readonly account: CountedAccount;
}

/** Most keys whose digest is remembered. */
const ASKED_MAX = 10_000;

/** The keys that admins made, in memory: whoever asks with one is known without asking a database. */
export class VirtualKeys {
  readonly #ports: VirtualKeyPorts;
  readonly #byId = new Map<string, LiveKey>();
  /** Ids of keys that have asked, by a digest that costs a tenth of the keyed hash. Holds none but keys that are known. */
  readonly #asked = new Map<string, string>();
  #rules: AccessRules;

  constructor(ports: VirtualKeyPorts, rules: AccessRules) {
    this.#ports = ports;
    this.#rules = rules;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Fills the table at the start. */
  load(records: readonly KeyRecord[], spends: readonly PeriodSpend[]): void {
    const spent = new Map(spends.map((spend) => [`${spend.keyId} ${spend.periodStart}`, spend.costNanousd]));
    for (const record of records) {
      const live = this.put(record);
      const spending = live.account.budget?.at(this.#ports.nowMs());
      if (spending) spending.spentNanousd = spent.get(`${record.id} ${spending.period.startsAt}`) ?? 0;
    }
  }

  /** Knows a key from now on, or knows it otherwise than before; what it did and spent stays. */
  put(record: KeyRecord): LiveKey {
    const former = this.#byId.get(record.id);
    const role = roleUnder(this.#rules, record.role, record.userId, record.alias);
    const limits = limitsOf(record, requestsPerMinuteOf(this.#rules, role));
    const moment = { clockMs: this.#ports.clockMs(), nowMs: this.#ports.nowMs() };
    const account = former?.account ?? new CountedAccount(record.id, limits, moment);
    if (former) account.change(limits, moment.nowMs);
    const { models, userId } = record;
    const switches = switchesOf(record.metadata);
    const regions = regionsOf(record.metadata);
    const caller: Caller = {
      keyId: record.id,
      role,
      account,
      ...(models ? { models } : {}),
      ...(regions ? { regions } : {}),
      ...(userId === undefined ? {} : { userId }),
      ...(switches ? { switches } : {}),
    };
    const live = { record, caller, account };
    this.#byId.set(record.id, live);
    return live;
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** Other general rules: roles and limits of all keys follow. */
  changeRules(rules: AccessRules): void {
    this.#rules = rules;
    for (const { record } of this.#byId.values()) this.put(record);
  }

  /** Who asks with this key. Throws `key.blocked` or `key.expired`; `undefined` when nobody knows it. */
  callerOf(key: string): Caller | undefined {
    if (this.#byId.size === 0) return undefined;
    // The look-ups are by hashes, which nobody can steer towards those of a key, so their time tells nothing.
    const digest = keyHash(key);
    const known = this.#asked.get(digest);
    const id = known ?? this.idOf(key);
    const live = this.#byId.get(id);
    if (!live) return undefined;
    if (known === undefined) this.#remember(digest, id);
    const { blocked, expiresAt } = live.record;
    if (blocked) throw new GatewayError('key.blocked', 'Unauthorized: this API key is blocked.');
    if (expiresAt !== undefined && this.#ports.nowMs() >= expiresAt)
      throw new GatewayError(
        'key.expired',
        `Unauthorized: this API key expired at ${new Date(expiresAt).toISOString()}.`,
      );
    return live.caller;
  }

  #remember(digest: string, id: string): void {
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear();
    this.#asked.set(digest, id);
  }

  idOf(key: string): string {
    return keyedHash(key, this.#ports.pepper);
  }

  /** A key by its id or by its text. */
  find(keyOrId: string): LiveKey | undefined {
    return this.#byId.get(keyOrId) ?? this.#byId.get(this.idOf(keyOrId));
  }

  withAlias(alias: string): LiveKey | undefined {
    return this.all().find(({ record }) => record.alias === alias);
  }

  all(): readonly LiveKey[] {
    return [...this.#byId.values()];
  }
}

function limitsOf(record: KeyRecord, usualRequestsPerMinute: number | undefined): AccountLimits {
  return {
    requestsPerMinute: record.requestsPerMinute ?? usualRequestsPerMinute,
    tokensPerMinute: record.tokensPerMinute,
    parallelMax: record.parallelMax,
    budget: { nanousd: record.budgetNanousd, duration: record.budgetDuration, since: record.budgetSince },
  };
}
