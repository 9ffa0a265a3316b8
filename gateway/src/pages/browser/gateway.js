// Asks the gateway that this page comes from, with a key that this tab alone knows.

const KEY_NAME = 'synthlang-key';
/** Where the gateway is, also behind a proxy that serves it under a path of its own. */
const BASE = new URL('..', import.meta.url);

/** @returns {string} */
export function storedKey() {
  return sessionStorage.getItem(KEY_NAME) ?? '';
}

/** @param {string} key */
export function storeKey(key) {
  if (key === '') sessionStorage.removeItem(KEY_NAME);
  else sessionStorage.setItem(KEY_NAME, key);
}

/** What the gateway refused, or why it could not be asked. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 where nobody answered
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Sends a request with the key of this tab.
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function send(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = storedKey();
  if (key !== '') headers.set('authorization', `Bearer ${key}`);
  const url = new URL(`./${path.replace(/^\//, '')}`, BASE);
  try {
    return await fetch(url, { ...options, headers, credentials: 'omit', cache: 'no-store' });
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown;
    throw new Refused('The gateway does not answer. Is it running?', 0);
  }
}

/**
 * Sends a request and reads its answer as JSON.
 * @param {string} path
 * @param {object} [body] posted where there is one
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await send(path, body === undefined ? {} : posted);
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/**
 * Why a request was refused, in the gateway's words.
 * @param {Response} response
 */
export async function refusal(response) {
  const text = await response.text();
  let message = `The gateway answered with status ${response.status}.`;
  try {
    message = JSON.parse(text).error?.message ?? message;
  } catch {
    // Something between here and the gateway answered in its own words.
  }
  return new Refused(message, response.status);
}
