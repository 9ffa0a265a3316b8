import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { readUsage } from '../dialects/openai-usage.ts';
import { batchPrice, type ModelPrice } from '../model/price.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { HttpDeployment } from '../routing/address.ts';
import type { Stage } from '../stages/contract.ts';
import { countOf } from './fields.ts';
import { inspected } from './passage.ts';
import { finished, relayAsk } from './relay-desk.ts';

/** What charging batches needs of the world. */
export interface BatchPorts {
  /** Whether a row with that id has been written. */
  readonly isBilled: (rowId: string) => Promise<boolean>;
  /** What a model of that provider costs outside of batches, or what the operator says it costs in them. */
  readonly priceOf: (deployment: HttpDeployment, model: string) => ModelPrice | undefined;
  /** Counts the cost to the key. */
  readonly charging: Stage;
}

/** Batches that won't do any more. */
const OVER: ReadonlySet<unknown> = new Set(['completed', 'expired', 'cancelled', 'failed']);
/** Rows are written a moment after a turn is over; until then only this memory knows them. */
const REMEMBERED_MAX = 10_000;

/**
 * Charges each batch once, to whoever made it, when it is seen to be over. The row of its cost has the id of the batch, so a
 * store takes it but once, whoever writes it.
 */
export class BatchBills {
  readonly #ports: BatchPorts;
  readonly #seen = new Set<string>();

  constructor(ports: BatchPorts) {
    this.#ports = ports;
  }

  /** `trail` is that of the owner's request that saw the batch. */
  async charge(trail: Trail, deployment: HttpDeployment, batch: JsonObject): Promise<void> {
    const { id, status, model, usage } = batch;
    const rowId = `batch:${String(id)}`;
    if (!OVER.has(status) || !hasWorked(batch) || this.#seen.has(rowId)) return;
    if (this.#seen.size >= REMEMBERED_MAX) this.#seen.clear();
    this.#seen.add(rowId);
    try {
      if (await this.#ports.isBilled(rowId)) return;
    } catch (thrown) {
      this.#seen.delete(rowId);
      throw thrown;
    }
    const name = typeof model === 'string' && model !== '' ? model : 'batches';
    const ask = relayAsk({ model: name, stream: false, texts: [] });
    const beside = trail.beside({ ...trail.turn, id: rowId, ask });
    await inspected(beside, { admission: this.#ports.charging, inspectors: [] });
    const price = this.#ports.priceOf(deployment, name);
    const { provider, id: target } = deployment;
    beside.attempted({
      target,
      provider: provider.id,
      model: name,
      fallback: 0,
      ms: 0,
      error: undefined,
      price: price && batchPrice(price, provider.batchShare ?? 1),
    });
    await finished(beside, readUsage(usage, 'openai-responses'));
  }
}

/** Whether any of it was done: its usage says so, or the count of its requests. */
function hasWorked({ usage, request_counts: counts }: JsonObject): boolean {
  const done = isObject(counts) ? (countOf(counts['completed']) ?? 0) : 0;
  const { input_tokens: input } = isObject(usage) ? usage : {};
  return done > 0 || (countOf(input) ?? 0) > 0;
}
