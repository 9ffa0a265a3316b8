// The page for people who run the gateway: sign in, and look at one view after the other.
import { cacheView } from './cache-view.js';
import { element } from './element.js';
import { ask, Refused, storedKey, storeKey } from './gateway.js';
import { keysView } from './keys-view.js';
import { modelsView } from './models-view.js';
import { playgroundView } from './playground-view.js';
import { requestsView } from './requests-view.js';
import { targetsView } from './targets-view.js';
import { messageOf } from './view.js';

/** @type {readonly import('./view.js').View[]} */
const VIEWS = [playgroundView, modelsView, targetsView, requestsView, keysView, cacheView];

const content = /** @type {HTMLElement} */ (document.getElementById('content'));
const nav = /** @type {HTMLElement} */ (document.getElementById('views'));
const who = /** @type {HTMLElement} */ (document.getElementById('who'));

/** @type {import('./view.js').Session | undefined} */
let session;

document.getElementById('leave')?.addEventListener('click', () => signOut());
document.getElementById('skip')?.addEventListener('click', (event) => {
  event.preventDefault(); // the address says which view is shown
  content.focus();
});
window.addEventListener('session-over', (event) => signOut(/** @type {CustomEvent<string>} */ (event).detail));
window.addEventListener('hashchange', () => show());

if (storedKey() === '') signOut();
else void begin(storedKey());

/**
 * Signs in with a key; says so where it isn't good.
 * @param {string} key
 */
async function begin(key) {
  storeKey(key);
  try {
    const { data: models } = await ask('/v1/models');
    session = { models, isAdmin: await isAdmin() };
  } catch (thrown) {
    const isRefused = thrown instanceof Refused && thrown.status === 401;
    signOut(isRefused ? `This key is not good here. ${thrown.message}` : messageOf(thrown));
    return;
  }
  nav.hidden = false;
  who.hidden = false;
  const role = document.getElementById('role');
  if (role) role.textContent = session.isAdmin ? 'admin' : '';
  show();
}

/** Only admins are told about the cache, wherever nothing is kept as well. */
async function isAdmin() {
  try {
    await ask('/v1/cache/stats');
    return true;
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.status === 403) return false;
    throw thrown;
  }
}

/** @param {string} [why] */
function signOut(why) {
  storeKey('');
  session = undefined;
  nav.hidden = true;
  who.hidden = true;
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('sign-in'));
  content.replaceChildren(template.content.cloneNode(true));
  const form = /** @type {HTMLFormElement} */ (content.querySelector('form'));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem('key'));
  const error = /** @type {HTMLElement} */ (form.querySelector('.error'));
  if (why !== undefined) {
    error.hidden = false;
    error.textContent = why;
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    if (button) button.disabled = true;
    void begin(field.value.trim());
  });
  field.focus();
}

function show() {
  if (!session) return;
  const { isAdmin: seesAll } = session;
  const views = VIEWS.filter(({ isAdmins }) => seesAll || isAdmins !== true);
  const view = views.find(({ id }) => `#${id}` === location.hash) ?? views[0];
  if (!view) return;
  nav
    .querySelector('ul')
    ?.replaceChildren(
      ...views.map(({ id, title }) =>
        element('li', {}, element('a', { href: `#${id}`, 'aria-current': id === view.id ? 'page' : undefined }, title)),
      ),
    );
  document.title = `${view.title} · SynthLang Proxy`;
  const title = element('h2', { tabindex: -1 }, view.title);
  // Each view has a place of its own, so that what comes late goes nowhere.
  const place = element('div', {});
  content.replaceChildren(title, place);
  title.focus();
  void view.show(place, session);
}
