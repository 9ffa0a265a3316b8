import { Counter, Gauge, type Registry } from 'prom-client';
import type { Role } from '../model/turn.ts';

/** How many wait for a place, and how many were sent away so far. */
export interface DoorNumbers {
  readonly waiting: Readonly<Record<Role, number>>;
  readonly refused: Readonly<Record<Role, number>>;
}

const ROLES: readonly Role[] = ['admin', 'premium', 'basic'];

/** Shows how many turns wait, and how many were refused because there is too much to do. */
export function openDoorMetrics(registry: Registry, door: DoorNumbers): void {
  new Gauge({
    name: 'synthlang_turns_waiting',
    help: 'Turns that wait for a place, by the role of their key.',
    labelNames: ['role'] as const,
    registers: [registry],
    collect() {
      for (const role of ROLES) this.set({ role }, door.waiting[role]);
    },
  });
  new Counter({
    name: 'synthlang_turns_shed_total',
    help: 'Turns that were refused because there was too much to do, by the role of their key.',
    labelNames: ['role'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const role of ROLES) this.inc({ role }, door.refused[role]);
    },
  });
}

/** Shows how many requests are being answered. */
export function openInFlightMetric(registry: Registry, inFlight: () => number): void {
  new Gauge({
    name: 'synthlang_requests_in_flight',
    help: 'Requests being answered now.',
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
}

/** Shows whether the Redis is reached that gateways share. */
export function openRedisMetric(registry: Registry, board: { readonly isUp: boolean }): void {
  new Gauge({
    name: 'synthlang_redis_up',
    help: 'Whether Redis is reached: 1 or 0.',
    registers: [registry],
    collect() {
      this.set(board.isUp ? 1 : 0);
    },
  });
}
