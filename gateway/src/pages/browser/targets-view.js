import { count, fill, milliseconds, note, table } from './view.js';
import { ask } from './gateway.js';

const STATES = { closed: 'well', open: 'left alone', 'half-open': 'being tried' };

/**
 * @typedef {object} Target
 * @property {string} target
 * @property {keyof typeof STATES} state
 * @property {{ reason: string, seconds: number }} [resting]
 * @property {number} in_flight
 * @property {{ requests: number, tokens: number, failed: number }} last_minute
 * @property {number | null} first_output_ms
 */

/** @type {import('./view.js').View} */
export const targetsView = {
  id: 'health',
  title: 'Health',
  show: (place) =>
    fill(place, async () => {
      /** @type {{ targets: readonly Target[], unhealthy_count: number }} */
      const { targets, unhealthy_count: resting } = await ask('/health/providers');
      return [
        note(resting === 0 ? 'No target is left alone.' : `${resting} of ${targets.length} are left alone for now.`),
        table(
          'Targets that were asked',
          [
            { title: 'Target', cell: ({ target }) => target },
            { title: 'State', cell: stateOf },
            { title: 'Now', cell: ({ in_flight: now }) => count(now), isNumber: true },
            { title: 'Last minute', cell: ({ last_minute: { requests } }) => count(requests), isNumber: true },
            { title: 'Failed', cell: ({ last_minute: { failed } }) => count(failed), isNumber: true },
            { title: 'First output', cell: ({ first_output_ms: ms }) => milliseconds(ms), isNumber: true },
          ],
          targets,
          'Nobody was asked yet. Targets appear here with their first request.',
        ),
      ];
    }),
};

/** @param {Target} target */
function stateOf({ state, resting }) {
  const why = resting ? ` (${resting.reason}, ${Math.ceil(resting.seconds)} s more)` : '';
  return `${STATES[state]}${why}`;
}
