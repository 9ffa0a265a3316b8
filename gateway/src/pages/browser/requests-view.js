import { ask } from './gateway.js';
import { count, dollars, facts, fill, milliseconds, moment, status, table } from './view.js';

const SHOWN = 100;

/**
 * @typedef {object} Spent
 * @property {string} request_id
 * @property {string} api_key
 * @property {string | null} key_alias
 * @property {string} model
 * @property {string | null} custom_llm_provider
 * @property {number} spend
 * @property {number} prompt_tokens
 * @property {number} completion_tokens
 * @property {number} status_code
 * @property {string | null} note
 * @property {string} startTime
 * @property {string} endTime
 *
 * @typedef {{ token: string, key_alias: string | null, total_spend: number, requests: number }} KeyTotal
 */

/** @type {import('./view.js').View} */
export const requestsView = {
  id: 'requests',
  title: 'Requests',
  show: (place, { isAdmin }) =>
    fill(place, async () => {
      /** @type {readonly [readonly Spent[], readonly KeyTotal[]]} */
      const [rows, totals] = await Promise.all([
        ask(`/spend/logs?limit=${SHOWN}`),
        isAdmin ? ask('/spend/keys') : Promise.resolve([]),
      ]);
      return [
        facts([
          ['Shown', `${rows.length} newest${isAdmin ? '' : ' of this key'}`],
          ['Cost of these', dollars(rows.reduce((sum, { spend }) => sum + spend, 0))],
          ['Failed', count(rows.filter(({ status_code: code }) => code >= 400).length)],
        ]),
        requestTable(rows),
        ...(totals.length > 0 ? [keyTable(totals)] : []),
      ];
    }),
};

/** @param {readonly Spent[]} rows */
function requestTable(rows) {
  return table(
    'Newest requests',
    [
      { title: 'When', cell: ({ startTime }) => moment(startTime) },
      { title: 'Model', cell: ({ model }) => model },
      { title: 'Provider', cell: ({ custom_llm_provider: provider }) => provider ?? '–' },
      { title: 'Key', cell: nameOf },
      { title: 'In', cell: ({ prompt_tokens: tokens }) => count(tokens), isNumber: true },
      { title: 'Out', cell: ({ completion_tokens: tokens }) => count(tokens), isNumber: true },
      { title: 'Cost', cell: ({ spend }) => dollars(spend), isNumber: true },
      {
        title: 'Time',
        cell: (row) => milliseconds(Date.parse(row.endTime) - Date.parse(row.startTime)),
        isNumber: true,
      },
      { title: 'Status', cell: ({ status_code: code }) => status(code), isNumber: true },
    ],
    rows,
    'No request yet. Ask something in the playground.',
  );
}

/** @param {readonly KeyTotal[]} totals */
function keyTable(totals) {
  return table(
    'What each key has cost',
    [
      { title: 'Key', cell: ({ token, key_alias: alias }) => nameOf({ api_key: token, key_alias: alias }) },
      { title: 'Requests', cell: ({ requests }) => count(requests), isNumber: true },
      { title: 'Cost', cell: ({ total_spend: spend }) => dollars(spend), isNumber: true },
    ],
    totals,
  );
}

const HASH_SHOWN = 12;

/** @param {{ api_key: string, key_alias: string | null }} row a hash is shortened */
function nameOf({ api_key: id, key_alias: alias }) {
  return alias ?? (id.length > 2 * HASH_SHOWN ? `${id.slice(0, HASH_SHOWN)}…` : id);
}
