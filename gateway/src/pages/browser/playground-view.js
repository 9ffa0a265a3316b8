import { chatEvents } from './chat-stream.js';
import { element, labelled } from './element.js';
import { ask, refusal, Refused, send } from './gateway.js';
import { count, dollars, facts, leave, messageOf, note } from './view.js';

/** The one that always answers, and costs nothing. */
const USUAL_MODEL = 'synthlang/echo';
/** What a request cost is written down a moment after its answer. */
const COST_ATTEMPTS = 5;
const COST_WAIT_MS = 200;

/** @typedef {{ role: 'user' | 'assistant', content: string }} Message */

/** @type {import('./view.js').View} */
export const playgroundView = {
  id: 'playground',
  title: 'Playground',
  show: (place, { models }) => {
    const names = models.filter(({ modalities }) => modalities?.output.includes('text') ?? true).map(({ id }) => id);
    if (names.length === 0) place.append(note('This key may ask no model that answers in words.'));
    else place.append(...playground(names));
  },
};

/** @param {readonly string[]} names */
function playground(names) {
  /** @type {Message[]} */
  let messages = [];
  /** @type {AbortController | undefined} */
  let running;
  const model = element('input', { list: 'models', type: 'text', required: true, autocomplete: 'off' });
  model.value = names.includes(USUAL_MODEL) ? USUAL_MODEL : (names[0] ?? '');
  const options = element('datalist', { id: 'models' }, ...names.map((name) => element('option', { value: name })));
  const message = element('textarea', { rows: 4, required: true });
  const talk = element('div', { class: 'talk', role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation' });
  const status = element('p', { role: 'status', class: 'faint' });
  const sendButton = element('button', { type: 'submit' }, 'Send');
  const stop = element('button', { type: 'button', click: () => running?.abort() }, 'Stop');
  stop.hidden = true;
  const anew = element('button', { type: 'button' }, 'New conversation');
  anew.addEventListener('click', () => {
    running?.abort();
    messages = [];
    talk.replaceChildren();
    status.textContent = '';
    message.focus();
  });
  const form = element(
    'form',
    {},
    labelled('Model', model),
    options,
    labelled('Message', message),
    sendButton,
    ' ',
    stop,
    ' ',
    anew,
  );
  message.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (running) return;
    const own = (running = new AbortController());
    const asked = /** @type {Message[]} */ ([...messages, { role: 'user', content: message.value }]);
    sendButton.disabled = true;
    stop.hidden = false;
    status.textContent = 'Waiting for the answer …';
    talk.append(bubble('You', message.value));
    message.value = '';
    void conversed({ model: model.value.trim(), messages: asked, signal: own.signal }, talk, status)
      .then((answer) => {
        if (answer !== undefined && !own.signal.aborted) messages = [...asked, { role: 'assistant', content: answer }];
      })
      .finally(() => {
        running = undefined;
        sendButton.disabled = false;
        stop.hidden = true;
      });
  });
  return [form, status, talk];
}

/**
 * Asks, and shows the answer as it comes. Gives it when it is whole.
 * @param {{ model: string, messages: readonly Message[], signal: AbortSignal }} chat
 * @param {HTMLElement} talk
 * @param {HTMLElement} status
 */
async function conversed({ model, messages, signal }, talk, status) {
  const shown = bubble(model, '');
  const text = /** @type {HTMLElement} */ (shown.querySelector('.said'));
  talk.append(shown);
  try {
    const body = { model, messages, stream: true, stream_options: { include_usage: true } };
    const headers = { 'content-type': 'application/json' };
    const response = await send('/v1/chat/completions', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok || !response.body) throw await refusal(response);
    /** @type {import('./chat-stream.js').Said['usage']} */
    let usage;
    let isWhole = false;
    for await (const said of chatEvents(response.body)) {
      if (said.error !== undefined) throw new Error(said.error);
      text.append(said.text ?? '');
      usage = said.usage ?? usage;
      isWhole ||= said.isWhole === true;
    }
    if (!isWhole) throw new Error('The answer broke off.');
    status.textContent = 'The answer is whole.';
    shown.append(answerFacts(response.headers, usage));
    void addCost(shown, response.headers.get('x-request-id'));
    return text.textContent ?? '';
  } catch (thrown) {
    if (signal.aborted) status.textContent = 'Stopped.';
    else {
      status.textContent = '';
      shown.append(element('p', { class: 'error', role: 'alert' }, whatFailed(thrown)));
      if (thrown instanceof Refused && thrown.status === 401) leave(thrown.message);
    }
    return undefined;
  }
}

/** @param {unknown} thrown a model that isn't there is said in the gateway's own words */
function whatFailed(thrown) {
  return thrown instanceof Refused ? thrown.message : messageOf(thrown);
}

/**
 * @param {string} who
 * @param {string} text
 */
function bubble(who, text) {
  return element('article', {}, element('h3', {}, who), element('div', { class: 'said' }, text));
}

/**
 * @param {Headers} headers
 * @param {import('./chat-stream.js').Said['usage']} usage
 */
function answerFacts(headers, usage) {
  const said = (/** @type {string} */ name) => headers.get(`x-synthlang-${name}`);
  const overhead = said('overhead-ms');
  return facts([
    ['Provider', said('provider')],
    ['Model there', said('model')],
    ['Tool', said('tool')],
    ['Cache', said('cache')],
    ['Attempts', said('attempts')],
    ['Overhead', overhead && `${overhead} ms`],
    ['Tokens', usage && `${count(usage.prompt_tokens)} in, ${count(usage.completion_tokens)} out`],
    ['Warning', said('warning')],
    ['Request', headers.get('x-request-id')],
  ]);
}

/**
 * A streamed answer's headers are sent before anybody knows what it costs, so the cost is read where it is written down.
 * @param {HTMLElement} shown
 * @param {string | null} requestId
 */
async function addCost(shown, requestId) {
  try {
    for (let attempt = 0; requestId !== null && attempt < COST_ATTEMPTS; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, COST_WAIT_MS * attempt));
      /** @type {readonly { spend: number }[]} */
      const [row] = await ask(`/spend/logs?request_id=${encodeURIComponent(requestId)}`);
      if (!row) continue;
      const cost = element('div', {}, element('dt', {}, 'Cost'), element('dd', {}, dollars(row.spend)));
      shown.querySelector('.facts')?.append(cost);
      return;
    }
  } catch {
    // Where nothing is kept, nobody knows.
  }
}
