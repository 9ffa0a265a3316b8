import { count, fill, table } from './view.js';
import { ask } from './gateway.js';

/** @type {import('./view.js').View} */
export const modelsView = {
  id: 'models',
  title: 'Models',
  show: (place) =>
    fill(place, async () => {
      /** @type {{ data: readonly import('./view.js').Model[] }} */
      const { data } = await ask('/v1/models');
      return [
        table(
          `${data.length} models that this key may ask`,
          [
            { title: 'Model', cell: ({ id }) => id },
            { title: 'Provider', cell: ({ owned_by: provider }) => provider },
            { title: 'Context', cell: ({ context_length: length }) => count(length), isNumber: true },
            { title: '$ a million in', cell: ({ pricing }) => price(pricing?.input), isNumber: true },
            { title: '$ a million out', cell: ({ pricing }) => price(pricing?.output), isNumber: true },
          ],
          data,
          'This key may ask no model.',
        ),
      ];
    }),
};

/** @param {number | undefined} dollars for a million tokens */
function price(dollars) {
  return dollars === undefined ? '–' : dollars.toLocaleString('en', { maximumFractionDigits: 4 });
}
