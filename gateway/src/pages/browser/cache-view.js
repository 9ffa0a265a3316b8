import { element } from './element.js';
import { ask } from './gateway.js';
import { count, facts, fill, moment, note, problem, table } from './view.js';

/**
 * @typedef {{ entries: number, hits: number, misses: number, hit_rate: number }} Counts
 * @typedef {Counts & { semantic_hits: number, bypassed: number, size_bytes: number, memory_usage: number,
 *   oldest_entry: string | null, newest_entry: string | null, model_stats: Readonly<Record<string, Counts>> }} CacheStats
 */

/** @type {import('./view.js').View} */
export const cacheView = {
  id: 'cache',
  title: 'Cache',
  isAdmins: true,
  show: (place) => fill(place, () => shown(place)),
};

/**
 * @param {HTMLElement} place
 * @returns {Promise<readonly Node[]>}
 */
async function shown(place) {
  /** @type {CacheStats} */
  const stats = await ask('/v1/cache/stats');
  const isUntouched = stats.entries + stats.hits + stats.misses + stats.bypassed === 0;
  return [
    ...(isUntouched ? [note('The cache was not asked yet. It is off until cache.enabled is true.')] : []),
    facts([
      ['Entries', count(stats.entries)],
      ['Hits', `${count(stats.hits)} (${percent(stats.hit_rate)})`],
      ['Of these by meaning', count(stats.semantic_hits)],
      ['Misses', count(stats.misses)],
      ['Passed by', count(stats.bypassed)],
      ['Memory', `${count(stats.size_bytes)} bytes (${percent(stats.memory_usage)})`],
      ['Oldest', moment(stats.oldest_entry)],
      ['Newest', moment(stats.newest_entry)],
    ]),
    table(
      'By model',
      [
        { title: 'Model', cell: ([name]) => name },
        { title: 'Entries', cell: ([, { entries }]) => count(entries), isNumber: true },
        { title: 'Hits', cell: ([, { hits }]) => count(hits), isNumber: true },
        { title: 'Misses', cell: ([, { misses }]) => count(misses), isNumber: true },
        { title: 'Hit rate', cell: ([, { hit_rate: rate }]) => percent(rate), isNumber: true },
      ],
      Object.entries(stats.model_stats),
      'No model was asked through the cache yet.',
    ),
    element('p', {}, element('button', { type: 'button', click: () => void clear(place) }, 'Clear the cache')),
  ];
}

/** @param {HTMLElement} place */
async function clear(place) {
  if (!window.confirm('Forget all answers that the cache holds?')) return;
  try {
    await ask('/v1/cache/clear', {});
    await cacheView.show(place, { models: [], isAdmin: true });
  } catch (thrown) {
    place.prepend(problem(thrown));
  }
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
