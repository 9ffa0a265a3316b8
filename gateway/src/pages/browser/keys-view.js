import { element, labelled } from './element.js';
import { ask } from './gateway.js';
import { count, dollars, fill, moment, note, problem, table } from './view.js';

const PAGE_SIZE = 100;

/**
 * @typedef {object} Key
 * @property {string} token
 * @property {string} key_name
 * @property {string | null} key_alias
 * @property {string} role
 * @property {readonly string[]} models
 * @property {number} spend
 * @property {number | null} max_budget
 * @property {number | null} rpm_limit
 * @property {string | null} expires
 * @property {boolean} blocked
 */

/** @type {import('./view.js').View} */
export const keysView = {
  id: 'keys',
  title: 'Keys',
  isAdmins: true,
  show: (place) => {
    const list = element('div', {});
    const news = element('div', { role: 'status' });
    place.append(
      newKeyForm(news, () => void showList(list, 1)),
      news,
      element('h3', {}, 'Keys that admins made'),
      list,
    );
    return showList(list, 1);
  },
};

/**
 * @param {HTMLElement} list
 * @param {number} page
 */
function showList(list, page) {
  return fill(list, async () => {
    /** @type {{ keys: readonly Key[], total_count: number, total_pages: number }} */
    const found = await ask(`/key/list?return_full_object=true&size=${PAGE_SIZE}&page=${page}`);
    const turn = (/** @type {number} */ to, /** @type {string} */ text) =>
      element('button', { type: 'button', click: () => void showList(list, to) }, text);
    return [
      keyTable(found.keys, list, page),
      note(`${found.total_count} in all. Keys of the configuration stand in its file.`),
      element(
        'p',
        {},
        page > 1 ? turn(page - 1, 'Newer') : undefined,
        page < found.total_pages ? turn(page + 1, 'Older') : undefined,
      ),
    ];
  });
}

/**
 * @param {readonly Key[]} keys
 * @param {HTMLElement} list
 * @param {number} page
 */
function keyTable(keys, list, page) {
  return table(
    'Keys, newest first',
    [
      { title: 'Name', cell: ({ key_alias: alias, key_name: text }) => alias ?? text },
      { title: 'Role', cell: ({ role }) => role },
      { title: 'Models', cell: ({ models }) => (models.length === 0 ? 'all' : models.join(', ')) },
      { title: 'Spent', cell: ({ spend }) => dollars(spend), isNumber: true },
      { title: 'Budget', cell: ({ max_budget: budget }) => (budget === null ? '–' : dollars(budget)), isNumber: true },
      { title: 'A minute', cell: ({ rpm_limit: limit }) => count(limit), isNumber: true },
      { title: 'Expires', cell: ({ expires }) => moment(expires) },
      { title: 'State', cell: (key) => blockButton(key, list, page) },
    ],
    keys,
    'No key was made yet.',
  );
}

/**
 * @param {Key} key
 * @param {HTMLElement} list
 * @param {number} page
 */
function blockButton(key, list, page) {
  const name = key.key_alias ?? key.key_name;
  const act = key.blocked ? 'Unblock' : 'Block';
  const press = async () => {
    try {
      await ask(key.blocked ? '/key/unblock' : '/key/block', { key: key.token });
      await showList(list, page);
    } catch (thrown) {
      list.prepend(problem(thrown));
    }
  };
  return element(
    'span',
    {},
    key.blocked ? 'blocked ' : 'active ',
    element('button', { type: 'button', 'aria-label': `${act} ${name}`, click: () => void press() }, act),
  );
}

/**
 * @param {HTMLElement} news where the new key is shown
 * @param {() => void} onMade
 */
function newKeyForm(news, onMade) {
  const name = element('input', {
    name: 'key_alias',
    type: 'text',
    required: true,
    maxlength: 256,
    autocomplete: 'off',
  });
  const role = element(
    'select',
    { name: 'role' },
    ...['basic', 'premium', 'admin'].map((one) => element('option', {}, one)),
  );
  const models = element('input', { name: 'models', type: 'text', placeholder: 'all', autocomplete: 'off' });
  const budget = element('input', { name: 'max_budget', type: 'number', min: 0, step: 'any', placeholder: 'none' });
  const rate = element('input', { name: 'rpm_limit', type: 'number', min: 0, step: 1, placeholder: 'none' });
  const life = element('input', { name: 'duration', type: 'text', placeholder: 'for ever', autocomplete: 'off' });
  const button = element('button', { type: 'submit' }, 'Make a key');
  const form = element(
    'form',
    { class: 'panel', 'aria-label': 'Make a key' },
    labelled('Name', name),
    labelled('Role', role),
    labelled('Models, divided by commas', models),
    labelled('Budget in dollars', budget),
    labelled('Requests a minute', rate),
    labelled('Lives for (30m, 24h, 30d)', life),
    button,
  );
  const said = () => ({
    key_alias: name.value.trim(),
    role: role.value,
    ...(models.value.trim() === '' ? {} : { models: models.value.split(',').map((one) => one.trim()) }),
    ...(budget.value === '' ? {} : { max_budget: Number(budget.value) }),
    ...(rate.value === '' ? {} : { rpm_limit: Number(rate.value) }),
    ...(life.value.trim() === '' ? {} : { duration: life.value.trim() }),
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    void ask('/key/generate', said())
      .then(({ key }) => {
        news.replaceChildren(madeNote(key));
        form.reset();
        onMade();
      })
      .catch((thrown) => news.replaceChildren(problem(thrown)))
      .finally(() => (button.disabled = false));
  });
  return form;
}

/** @param {string} key */
function madeNote(key) {
  const copy = () => void navigator.clipboard?.writeText(key);
  return element(
    'p',
    { class: 'good' },
    'The new key, shown this once: ',
    element('code', { class: 'new-key' }, key),
    ' ',
    element('button', { type: 'button', click: copy }, 'Copy'),
  );
}
