import { authenticate } from '../access/authenticate.ts';
import { authorize } from '../access/roles.ts';
import type { CacheCounts } from '../caching/reply-cache.ts';
import { refusedField } from '../model/error.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';

/** `GET /v1/cache/stats`: how full the cache is and how often it answers. For admins, since it tells of everybody. */
export async function cacheStats(exchange: Exchange, { keyring, replies }: Engine): Promise<void> {
  authorize(authenticate(exchange.headers, keyring), 'cache.manage');
  const { entries, sizeBytes, bytesMax, oldestMs, newestMs, models } = await replies.state();
  const { counts, countsByModel } = replies;
  const names = [...new Set([...models.keys(), ...countsByModel.keys()])].sort();
  sendJson(exchange, 200, {
    entries,
    ...countsOut(counts),
    semantic_hits: counts.semantic,
    bypassed: counts.bypassed,
    size_bytes: sizeBytes,
    memory_usage: rounded(sizeBytes / bytesMax),
    oldest_entry: timeOut(oldestMs),
    newest_entry: timeOut(newestMs),
    model_stats: Object.fromEntries(
      names.map((name) => [name, { entries: models.get(name) ?? 0, ...countsOut(countsByModel.get(name)) }]),
    ),
  });
}

/** `POST /v1/cache/clear`: forgets everything, or what was asked of the `model` that the body names. For admins. */
export async function clearCache(exchange: Exchange, engine: Engine, { clocks }: ServerPorts): Promise<void> {
  authorize(authenticate(exchange.headers, engine.keyring), 'cache.manage');
  const bytes = await exchange.readBody(engine.bodyBytesMax);
  const { model } = bytes.length === 0 ? {} : jsonObject(bytes);
  if (model !== undefined && model !== null && typeof model !== 'string')
    throw refusedField('model', 'must be the name of a model');
  const cleared = await engine.replies.clear(model ?? undefined);
  sendJson(exchange, 200, {
    success: true,
    cleared_entries: cleared,
    timestamp: Math.floor(clocks.nowMs() / 1000),
  });
}

const NOTHING: CacheCounts = { hits: 0, semantic: 0, misses: 0, bypassed: 0 };

/** What was answered by meaning was answered all the same. */
function countsOut({ hits: same, semantic, misses }: CacheCounts = NOTHING): object {
  const hits = same + semantic;
  return { hits, misses, hit_rate: hits === 0 ? 0 : rounded(hits / (hits + misses)) };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

function timeOut(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
