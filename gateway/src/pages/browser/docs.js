// Lets one try the routes of the page. Without it the page can be read all the same.
import { element, labelled } from './element.js';
import { send, storedKey, storeKey } from './gateway.js';

const SHOWN_CHARACTERS_MAX = 200_000;

const keyField = element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', name: 'key' });
keyField.value = storedKey();
keyField.addEventListener('change', () => storeKey(keyField.value.trim()));
document.querySelector('header')?.append(labelled('Key to try it with; it stays in this tab', keyField));

for (const operation of document.querySelectorAll('details.operation')) {
  operation.addEventListener('toggle', () => addForm(/** @type {HTMLDetailsElement} */ (operation)), { once: true });
}
openNamed();
window.addEventListener('hashchange', openNamed);

/** A link to a route unfolds it. */
function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
}

/** @param {HTMLDetailsElement} operation */
function addForm(operation) {
  const { method = 'get', path = '/', query = '', type = '' } = operation.dataset;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inPath = names.map((name) => /** @type {const} */ ([name, element('input', { type: 'text', required: true })]));
  const queryNames = query.split(' ').filter((name) => name !== '');
  const inQuery = queryNames.map((name) => /** @type {const} */ ([name, element('input', { type: 'text' })]));
  const isText = type === 'application/json' || type.startsWith('text/');
  const body = isText ? element('textarea', { rows: 8, spellcheck: 'false' }) : undefined;
  if (body) body.value = exampleIn(operation);
  const output = element('pre', { class: 'output', tabindex: 0, role: 'log', 'aria-label': 'Answer' });
  output.hidden = true;
  const button = element('button', { type: 'submit' }, 'Send');
  const form = element(
    'form',
    { class: 'try' },
    ...[...inPath, ...inQuery].map(([name, field]) => labelled(name, field)),
    ...(body ? [labelled('Body', body)] : []),
    button,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    storeKey(keyField.value.trim());
    let filled = path;
    for (const [name, field] of inPath) filled = filled.replace(`{${name}}`, encodeURIComponent(field.value));
    const said = inQuery.filter(([, field]) => field.value !== '').map(([name, field]) => [name, field.value]);
    const target = said.length > 0 ? `${filled}?${new URLSearchParams(said)}` : filled;
    const sent = body && body.value !== '' ? { body: body.value, headers: { 'content-type': type } } : {};
    button.disabled = true;
    void tried(target, { method: method.toUpperCase(), ...sent }, output).finally(() => (button.disabled = false));
  });
  const formNote =
    type !== '' && !isText ? element('p', {}, `Bodies of ${type} can’t be sent from this page.`) : undefined;
  operation.append(formNote ?? form, output);
}

/** @param {HTMLDetailsElement} operation */
function exampleIn(operation) {
  const example = operation.querySelector('.example');
  example?.remove(); // it goes on in the form
  // The one model that always answers.
  return (example?.textContent ?? '').replace('"MODEL"', '"synthlang/echo"');
}

/**
 * @param {string} target
 * @param {RequestInit} options
 * @param {HTMLElement} output
 */
async function tried(target, options, output) {
  output.hidden = false;
  output.textContent = 'Waiting …';
  try {
    const response = await send(target, options);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    output.textContent = `${response.status} ${response.statusText}\n${headers}\n\n`;
    await shown(response, output);
  } catch (thrown) {
    output.textContent = thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/**
 * Shows an answer as it comes.
 * @param {Response} response
 * @param {HTMLElement} output
 */
async function shown(response, output) {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  if (isJson) {
    const text = await response.text();
    output.append(prettily(text).slice(0, SHOWN_CHARACTERS_MAX));
    return;
  }
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let length = 0;
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    length += piece.value.length;
    if (length > SHOWN_CHARACTERS_MAX) {
      output.append('\n… there is more.');
      await reader?.cancel();
      return;
    }
    output.append(piece.value);
  }
}

/** @param {string} text */
function prettily(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
