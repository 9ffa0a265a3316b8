import { type AccessRules, requestsPerMinuteOf, roleUnder } from './access/access-rules.ts';
import { CountedAccount } from './access/counted-account.ts';
import { KeyDesk } from './access/key-desk.ts';
import { VirtualKeys } from './access/virtual-keys.ts';
import { bodyRoutes } from './admin/body-routes.ts';
import type { AdminRoutes } from './admin/contract.ts';
import { keyRoutes } from './admin/key-routes.ts';
import { spendRoutes } from './admin/spend-routes.ts';
import type { Config } from './config/schema.ts';
import { BodyBook } from './ledger/body-book.ts';
import { SpendBook } from './ledger/spend-book.ts';
import { GatewayError } from './model/error.ts';
import { PromptDesk } from './prompting/prompt-desk.ts';
import { promptRoutes } from './prompting/prompt-routes.ts';
import type { Caller } from './model/turn.ts';
import type { Deadlines } from './model/upstream.ts';
import type { Reservation } from './access/admission.ts';
import type { KeptRecords } from './privacy/kept-records.ts';
import type { OpenRecords } from './records.ts';
import type { KeptBody } from './stages/keep-bodies.ts';
import type { ObjectStore } from './stores/contract.ts';
import { tokenCounter } from './tokens/count.ts';

/** What governing needs of the world. */
export interface GovernancePorts {
  readonly clockMs: () => number;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly deadlines: Deadlines;
  readonly warn: (facts: object, message: string) => void;
}

/** Whose tokens are counted where nobody named a model. */
const USUAL_MODEL = 'gpt-4o';

/** Whatever is known and counted of callers; stays the same across reloads, only its rules change. */
export class Governance {
  readonly keys: VirtualKeys | undefined;
  readonly spend: SpendBook | undefined;
  readonly bodies: BodyBook | undefined;
  readonly admin: AdminRoutes | undefined;
  readonly objects: ObjectStore | undefined;
  readonly #ports: GovernancePorts;
  readonly #records: OpenRecords | undefined;
  #prompting: Config['prompting'];
  /** Of keys in the configuration. */
  readonly #accounts = new Map<string, CountedAccount>();

  constructor(config: Config, records: OpenRecords | undefined, ports: GovernancePorts) {
    this.#ports = ports;
    this.#records = records;
    this.#prompting = config.prompting;
    this.objects = records?.store.objects;
    if (!records) return;
    const { store, journal, pepper, sealing } = records;
    const keys = new VirtualKeys({ ...ports, pepper }, rulesOf(config));
    keys.load(records.keys, records.spends);
    const spend = new SpendBook(config.store, { ...ports, store, journal });
    const { nowMs } = ports;
    const bodies =
      config.records.bodies && sealing
        ? new BodyBook({ ...config.records, ...config.store }, { ...ports, store, sealing })
        : undefined;
    this.keys = keys;
    this.spend = spend;
    this.bodies = bodies;
    this.admin = new Map([
      ...keyRoutes({ keys, nowMs, desk: new KeyDesk({ ...ports, keys, store }) }),
      ...spendRoutes({ keys, nowMs, store, flush: () => spend.flush() }),
      ...this.#promptRoutes(store),
      ...(bodies ? bodyRoutes({ ...ports, store, text: (requestId) => bodies.text(requestId) }) : []),
    ]);
  }

  changeRules(config: Config): void {
    this.#prompting = config.prompting;
    this.keys?.changeRules(rulesOf(config));
  }

  #promptRoutes({ prompts }: OpenRecords['store']): AdminRoutes {
    const desk = new PromptDesk({ ...this.#ports, prompts, limits: () => this.#prompting });
    return promptRoutes({
      desk,
      nowMs: this.#ports.nowMs,
      promptCharactersMax: () => this.#prompting.textCharactersMax,
      countTokens: async (text) => (await tokenCounter(this.#prompting.model ?? USUAL_MODEL)).count(text),
    });
  }

  /** A caller of the configuration with the role and the limits that the rules give it. */
  governed(caller: Caller, user: string, config: Config): Caller {
    const rules = rulesOf(config);
    const role = roleUnder(rules, caller.role, caller.keyId, user);
    const requestsPerMinute = requestsPerMinuteOf(rules, role);
    const same = role === caller.role ? caller : { ...caller, role };
    if (requestsPerMinute === undefined) return same;
    const { keyId: id } = caller;
    let account = this.#accounts.get(id);
    if (account) account.change({ requestsPerMinute }, this.#ports.nowMs());
    else {
      const moment = { clockMs: this.#ports.clockMs(), nowMs: this.#ports.nowMs() };
      account = new CountedAccount(id, { requestsPerMinute }, moment);
      this.#accounts.set(id, account);
    }
    return { ...same, account };
  }

  /** Keeps what was said, as it may be kept; absent when nothing is kept. */
  bodyKeeper(said: KeptRecords['said']): ((body: KeptBody) => void) | undefined {
    const { bodies } = this;
    if (!bodies) return undefined;
    return ({ turn, request, reply }) =>
      bodies.add(turn.id, turn.caller.keyId, said(JSON.stringify({ request, reply }), turn));
  }

  /** Whether a row with this id is written, or is about to be. */
  readonly hasRow = async (requestId: string): Promise<boolean> => {
    await this.spend?.flush();
    const rows = await this.#records?.store.spend({ requestId, limit: 1 });
    return rows !== undefined && rows.length > 0;
  };

  /** Writes a reservation down. Throws `store.failed`: what can't be written down may not be spent. */
  readonly onReserved = (reservation: Reservation): void => {
    try {
      this.#records?.journal.reserve({ ...reservation, at: this.#ports.nowMs() });
    } catch (thrown) {
      throw new GatewayError('store.failed', 'The budget could not be written down, so nothing was sent.', {
        cause: thrown,
      });
    }
  };

  async close(): Promise<void> {
    await this.spend?.close();
    await this.bodies?.flush();
    await this.#records?.store.close();
  }
}

function rulesOf({ access, limits }: Config): AccessRules {
  return {
    adminUsers: access.adminUsers,
    premiumUsers: access.premiumUsers,
    basicRequestsPerMinute: limits.basicRequestsPerMinute,
    premiumRequestsPerMinute: limits.premiumRequestsPerMinute,
  };
}
