// What all views are made of: tables, notes, and the three states of something that is fetched.
import { element } from './element.js';
import { Refused } from './gateway.js';

/**
 * @typedef {object} Session
 * @property {readonly Model[]} models those that the key may use
 * @property {boolean} isAdmin
 *
 * @typedef {object} Model
 * @property {string} id
 * @property {string} owned_by
 * @property {number} [context_length]
 * @property {{ input: readonly string[], output: readonly string[] }} [modalities]
 * @property {{ input?: number, output?: number, cache_read?: number }} [pricing] dollars for a million tokens
 *
 * @typedef {object} View
 * @property {string} id
 * @property {string} title
 * @property {boolean} [isAdmins]
 * @property {(place: HTMLElement, session: Session) => void | Promise<void>} show
 */

/**
 * Fills a place with what some work makes, and says so while it waits and when it fails.
 * @param {HTMLElement} place
 * @param {() => Promise<readonly (Node | string)[]>} work
 */
export async function fill(place, work) {
  const again = () => void fill(place, work);
  const wait = element('p', { role: 'status', class: 'faint' }, 'Loading …');
  place.setAttribute('aria-busy', 'true');
  if (place.childElementCount === 0) place.append(wait);
  try {
    const made = await work();
    place.replaceChildren(...made, element('p', {}, element('button', { type: 'button', click: again }, 'Refresh')));
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.status === 401) leave(thrown.message);
    place.replaceChildren(
      problem(thrown),
      element('p', {}, element('button', { type: 'button', click: again }, 'Try again')),
    );
  } finally {
    place.removeAttribute('aria-busy');
  }
}

/**
 * Ends the session, since the key is no longer good.
 * @param {string} why
 */
export function leave(why) {
  window.dispatchEvent(new CustomEvent('session-over', { detail: why }));
}

/** @param {unknown} thrown */
export function problem(thrown) {
  return element('p', { class: 'error', role: 'alert' }, messageOf(thrown));
}

/**
 * @param {unknown} thrown
 * @returns {string}
 */
export function messageOf(thrown) {
  if (thrown instanceof Refused && thrown.status === 404)
    return 'This gateway keeps nothing between runs (store.enabled), so there is nothing to show.';
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** @param {string} text */
export function note(text) {
  return element('p', { class: 'faint' }, text);
}

/**
 * A table, or a note where there is nothing to show.
 * @template Row
 * @param {string} caption
 * @param {readonly { title: string, cell: (row: Row) => Node | string, isNumber?: boolean }[]} columns
 * @param {readonly Row[]} rows
 * @param {string} [ifEmpty]
 */
export function table(caption, columns, rows, ifEmpty = 'Nothing yet.') {
  if (rows.length === 0) return note(ifEmpty);
  const head = element(
    'tr',
    {},
    ...columns.map(({ title, isNumber }) =>
      element('th', { scope: 'col', class: isNumber ? 'number' : undefined }, title),
    ),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map(({ cell, isNumber }, at) =>
        at === 0
          ? element('th', { scope: 'row' }, cell(row))
          : element('td', { class: isNumber ? 'number' : undefined }, cell(row)),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': caption },
    element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

/**
 * Names and values.
 * @param {readonly (readonly [string, string | undefined | null])[]} entries those without a value are left out
 */
export function facts(entries) {
  const shown = entries.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return element(
    'dl',
    { class: 'facts' },
    ...shown.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value ?? ''))),
  );
}

const DIGITS_MAX = 9;

/**
 * Dollars, down to the nano-dollar.
 * @param {number} value
 */
export function dollars(value) {
  return `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: DIGITS_MAX })}`;
}

/** @param {number} code an HTTP status; failures stand out */
export function status(code) {
  return element('span', { class: code < 400 ? undefined : 'error' }, code < 400 ? String(code) : `failed, ${code}`);
}

/** @param {number | null | undefined} value */
export function count(value) {
  return typeof value === 'number' ? value.toLocaleString('en') : '–';
}

/** @param {string | null | undefined} text a moment in ISO's form */
export function moment(text) {
  return text ? new Date(text).toLocaleString() : '–';
}

/** @param {number | null | undefined} ms */
export function milliseconds(ms) {
  if (typeof ms !== 'number') return '–';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
