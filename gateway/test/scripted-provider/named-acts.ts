import * as acts from './acts.ts';
import { behave } from './behaviour.ts';
import type { Behaviour, Place } from './behaviour.ts';
import { failing } from './script.ts';
import type { Script } from './script.ts';
import type { ScriptedRequest } from './scripted-request.ts';
import { listOf, wordOf } from './voice.ts';
import type { Asked } from './voice.ts';

/** `rest` is what stands after the name's colon, or nothing. */
type NamedAct = (rest: string, request: ScriptedRequest, asked: Asked) => Behaviour;

const event = (rest: string, otherwise: number): Place => ({ event: numberOf(rest, otherwise) });
const byte = (rest: string): Place => ({ byte: numberOf(rest, 10) });

/** Acts by name. The README of this folder lists them; a test compares the two. */
export const NAMED_ACTS: Readonly<Record<string, NamedAct>> = {
  ok: () => ({}),
  say: (rest) => acts.say(rest),
  echo: (_rest, _request, asked) => acts.say(asked.lastText),
  words: (rest) => acts.words(numberOf(rest, 10)),
  endless: () => acts.endless(),
  paced: (rest) => acts.paced(numberOf(rest, 5)),
  reason: (rest) => acts.reason(rest || 'Let me think.'),
  tool: (rest, request) => toolCall(rest, request),
  choices: (rest) => acts.choices(numberOf(rest, 2)),
  as: (rest) => acts.named(rest),
  usage: (rest) => usage(rest),
  'no-usage': () => acts.noUsage(),
  finish: (rest) => acts.finish(rest),
  status: (rest) => status(rest),
  header: (rest) => acts.header(...beforeAndAfter(rest)),
  'retry-after': (rest) => acts.retryAfter(numberOf(rest, 1)),
  'retry-after-date': (rest) => acts.retryAfterDate(numberOf(rest, 1)),
  'retry-after-ms': (rest) => acts.retryAfterMs(numberOf(rest, 100)),
  'hop-headers': () => acts.hopHeaders(),
  'broken-header': () => acts.brokenHeader(),
  redirect: (rest) => acts.redirect(rest || undefined),
  html: (rest) => acts.html(numberOf(rest, 503)),
  type: (rest) => acts.contentType(rest || 'text/plain'),
  empty: () => acts.empty(),
  malformed: () => acts.malformed(),
  'malformed-line': (rest) => acts.malformedLine(numberOf(rest, 2)),
  truncated: (rest) => acts.cutCleanly(byte(rest)),
  'null-choices': () => acts.nullChoices(),
  'error-frame': (rest) => acts.errorFrame(numberOf(rest, 2)),
  pings: () => acts.pings(),
  'doubled-start': () => acts.doubledStart(),
  oversize: (rest) => acts.oversizeFrame(numberOf(rest, 9_000_000)),
  large: (rest) => acts.large(numberOf(rest, 64 * 1024 * 1024)),
  crlf: () => acts.crlf(),
  pieces: (rest) => acts.drip(numberOf(rest, 1)),
  drip: (rest) => acts.drip(1, numberOf(rest, 20)),
  gzip: () => acts.gzip(),
  'bad-gzip': () => acts.gzip('bad'),
  short: (rest) => acts.shortBody(numberOf(rest, 10)),
  'double-length': () => acts.doubleLength(),
  silent: () => acts.silent(),
  'silent-start': () => acts.silentAfterStart(),
  stall: (rest) => acts.stall(event(rest, 3)),
  'stall-byte': (rest) => acts.stall(byte(rest)),
  refuse: () => acts.cutByReset('headers'),
  'cut-rst': (rest) => acts.cutByReset(event(rest, 3)),
  'cut-fin': (rest) => acts.cutByClose(event(rest, 3)),
  'cut-eof': (rest) => acts.cutCleanly(event(rest, 3)),
  'cut-rst-byte': (rest) => acts.cutByReset(byte(rest)),
  'cut-fin-byte': (rest) => acts.cutByClose(byte(rest)),
  'cut-eof-byte': (rest) => acts.cutCleanly(byte(rest)),
};

/** Acts are joined by a plus that another act's name follows, so texts and JSON may hold pluses of their own. */
const BETWEEN_ACTS = new RegExp(`\\+(?=(?:${[...Object.keys(NAMED_ACTS), 'flaky'].join('|')})(?::|\\+|$))`);

/**
 * A script that reads its acts from a name such as `words:20+paced:5+cut-rst:3`: the path's `/s/NAME/`, the header
 * `x-script`, or the model. A model without a colon that is no act at all, such as `gpt-4o`, is answered plainly.
 * `flaky:K:STATUS` fails K times and then goes on with the acts behind it; it counts by name.
 */
export function namedScript(): Script {
  const flaky = new Map<string, Script>();
  return (request, asked) => {
    const name = scriptName(request, asked);
    if (!name.startsWith('flaky')) return named(name, request, asked);
    const [first = '', ...others] = name.split(BETWEEN_ACTS);
    const [, times = '1', code = '500'] = first.split(':');
    const script = flaky.get(name) ?? failing(Number(times), acts.status(Number(code)), { finish: 'unused' });
    flaky.set(name, script);
    const behaviour = script(request, asked);
    return behaviour.status === undefined ? named(others.join('+'), request, asked) : behaviour;
  };
}

function scriptName(request: ScriptedRequest, asked: Asked): string {
  const inPath = /^\/s\/([^/]+)\//.exec(request.path)?.[1];
  return inPath === undefined ? (request.headers['x-script'] ?? asked.model) : decodeURIComponent(inPath);
}

function named(name: string, request: ScriptedRequest, asked: Asked): Behaviour {
  const parts = name.split(BETWEEN_ACTS).map((part) => {
    const [actName, rest] = beforeAndAfter(part);
    const act = NAMED_ACTS[actName];
    if (act !== undefined) return act(rest, request, asked);
    return part.includes(':') ? unknown(part) : {};
  });
  return behave(...parts);
}

function unknown(part: string): Behaviour {
  return acts.status(404, `No act is called '${part}'. There are: ${Object.keys(NAMED_ACTS).join(', ')}, flaky.`);
}

function toolCall(rest: string, request: ScriptedRequest): Behaviour {
  const [name, json] = beforeAndAfter(rest);
  const first = listOf(request.json['tools'])[0];
  const described = (first?.['function'] ?? first ?? {}) as { readonly name?: unknown };
  return acts.call(name || wordOf(described.name) || 'tool', json === '' ? {} : JSON.parse(json));
}

function usage(rest: string): Behaviour {
  const [input = 0, output = 0, cached = 0] = rest.split(':').map(Number);
  return acts.usage({ input, output, cached });
}

function status(rest: string): Behaviour {
  const [code, message] = beforeAndAfter(rest);
  return acts.status(numberOf(code, 500), message || undefined);
}

function beforeAndAfter(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function numberOf(text: string, otherwise: number): number {
  return text === '' ? otherwise : Number(text);
}
