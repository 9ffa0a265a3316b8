import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Role } from '../model/turn.ts';
import type { Deadline, Deadlines } from '../model/upstream.ts';

/** How many are let in, and how many may wait. */
export interface DoorSettings {
  /** Turns that are worked on at one time. */
  readonly turnsMax: number;
  /** Turns that wait for a place. */
  readonly queueMax: number;
  readonly queueWaitMs: number;
  /** Above this share of the heap's limit only admins are let in. */
  readonly heapShareMax: number;
}

/** What the door needs of the world. */
export interface DoorPorts {
  readonly settings: () => DoorSettings;
  readonly deadlines: Deadlines;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** How much of the heap's limit is in use; 1 is all of it. */
  readonly heapShare: () => number;
}

/** From the least to the most. */
const PRIORITIES: readonly Role[] = ['basic', 'premium', 'admin'];
const HEAP_LOOK_EVERY_MS = 250;
const RETRY_AFTER_MS = 1000;

/** Somebody who waits for a place. */
interface Waiter {
  readonly enter: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/**
 * Lets so many turns in at one time. When all places are taken the others wait, those with more rights in front; when
 * nobody more may wait, those with the least rights are sent away, the newest first, before it gets slow for everybody.
 */
export class Door {
  readonly #ports: DoorPorts;
  readonly #waiting: Readonly<Record<Role, Set<Waiter>>> = { basic: new Set(), premium: new Set(), admin: new Set() };
  readonly #refused: Record<Role, number> = { basic: 0, premium: 0, admin: 0 };
  #inside = 0;
  #heapIsFull = false;
  #heapSeenAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: DoorPorts) {
    this.#ports = ports;
  }

  get inside(): number {
    return this.#inside;
  }

  /** How many wait, by what their keys may do. */
  get waiting(): Readonly<Record<Role, number>> {
    const { basic, premium, admin } = this.#waiting;
    return { basic: basic.size, premium: premium.size, admin: admin.size };
  }

  /** How many were sent away so far. */
  get refused(): Readonly<Record<Role, number>> {
    return this.#refused;
  }

  /** Takes a place; when that takes time, gives what to wait for. Throws or rejects with `gateway.overloaded`. */
  enter(role: Role, cancellation: Cancellation): Promise<void> | undefined {
    const { turnsMax } = this.#ports.settings();
    if (role !== 'admin' && this.#isHeapFull()) throw this.#sentAway(role, 'its memory is nearly full');
    if (this.#inside < turnsMax && this.#size === 0) {
      this.#inside += 1;
      return undefined;
    }
    this.#makeRoom(role);
    return this.#wait(role, cancellation);
  }

  /** Gives a place back. */
  leave(): void {
    this.#inside -= 1;
    this.#admit();
  }

  get #size(): number {
    const { basic, premium, admin } = this.#waiting;
    return basic.size + premium.size + admin.size;
  }

  #admit(): void {
    while (this.#size > 0 && this.#inside < this.#ports.settings().turnsMax) {
      const next = this.#first();
      if (!next) return;
      this.#inside += 1;
      next.enter();
    }
  }

  #first(): Waiter | undefined {
    for (const role of PRIORITIES.toReversed()) for (const waiter of this.#waiting[role]) return waiter;
    return undefined;
  }

  /** Sends away the newest of those with fewer rights when nobody more may wait; throws when there is nobody such. */
  #makeRoom(role: Role): void {
    if (this.#size < this.#ports.settings().queueMax) return;
    for (const lower of PRIORITIES.slice(0, PRIORITIES.indexOf(role))) {
      const newest = [...this.#waiting[lower]].at(-1);
      if (!newest) continue;
      newest.refuse(this.#sentAway(lower, 'others with more rights wait as well'));
      return;
    }
    throw this.#sentAway(role, 'as many as may wait are waiting');
  }

  #wait(role: Role, cancellation: Cancellation): Promise<void> {
    const waiting = this.#waiting[role];
    return new Promise((resolve, reject) => {
      let patience: Deadline | undefined;
      const over = (): void => {
        waiting.delete(waiter);
        patience?.clear();
        cancellation.off(gone);
      };
      const waiter: Waiter = {
        enter: () => {
          over();
          resolve();
        },
        refuse: (error) => {
          over();
          reject(error);
        },
      };
      const gone = (reason: GatewayError): void => waiter.refuse(reason);
      patience = this.#ports.deadlines(() => waiter.refuse(this.#sentAway(role, 'no place came free in time')));
      patience.set(this.#ports.settings().queueWaitMs);
      waiting.add(waiter);
      cancellation.on(gone);
    });
  }

  #sentAway(role: Role, why: string): GatewayError {
    this.#refused[role] += 1;
    return new GatewayError('gateway.overloaded', `The gateway has too much to do: ${why}.`, {
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  /** Looking costs more than a turn's other steps together, so it is done now and then. */
  #isHeapFull(): boolean {
    const nowMs = this.#ports.clockMs();
    if (nowMs - this.#heapSeenAtMs > HEAP_LOOK_EVERY_MS) {
      this.#heapSeenAtMs = nowMs;
      this.#heapIsFull = this.#ports.heapShare() > this.#ports.settings().heapShareMax;
    }
    return this.#heapIsFull;
  }
}
