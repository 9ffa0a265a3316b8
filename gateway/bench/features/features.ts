import { seeded } from '../../src/benching/corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from '../../src/benching/corpus/tool-json.ts';
import { PLANTED } from '../../test/private-values.ts';
import { bodyOf } from '../latency/cases.ts';
import { upstreamBase } from '../systems/contract.ts';
import { ADMIN_KEY } from '../systems/ours.ts';

/** Something that can be switched on, and what it costs a request. */
export interface Feature {
  readonly id: string;
  /** Settings besides those of the latency bench; some must know the provider's port. */
  readonly settings: object | ((upstreamPort: number) => object);
  /** What is asked; a short question unless said. */
  readonly body?: string;
  /** Fetches a key for the requests from the running gateway. */
  readonly key?: (port: number) => Promise<string>;
  /** The feature whose cost is taken off. */
  readonly beside?: string;
  /** Most CPU that it may add. */
  readonly goalUs?: number;
  /** What is measured is the whole request. */
  readonly isWhole?: boolean;
}

const KILOBYTE = 1024;
const NO_STORE = { store: { enabled: false } };
const LONG = bodyOf('bench', false, 20 * KILOBYTE);
const GUARDED = ['harmful', 'jailbreak', 'toxic', 'self-harm', 'prompt-injection'];

/** Everything that is measured, and what it is compared with. */
export const FEATURES: readonly Feature[] = [
  { id: 'nothing more', settings: NO_STORE },
  { id: 'nothing more, 20 KB', settings: NO_STORE, body: LONG },
  { id: 'spend in the database', settings: {}, beside: 'nothing more' },
  {
    id: 'a virtual key with limits and a budget',
    settings: {},
    key: newKey,
    beside: 'spend in the database',
    goalUs: 25,
  },
  {
    id: 'a group of ten, by chance',
    settings: (port) => ({ ...NO_STORE, models: groupOf(10, port) }),
    beside: 'nothing more',
    goalUs: 5,
  },
  {
    id: 'a group of ten, the least busy',
    settings: (port) => ({ ...NO_STORE, models: groupOf(10, port), routing: { strategy: 'least-busy' } }),
    beside: 'nothing more',
  },
  {
    id: 'a group of ten, by conversation',
    settings: (port) => ({ ...NO_STORE, models: groupOf(10, port), routing: { strategy: 'prompt-cache' } }),
    beside: 'nothing more',
  },
  {
    id: 'private data masked, 20 KB with 10 values',
    settings: { ...NO_STORE, privacy: { maskBeforeLlm: true } },
    body: withPrivateValues(10),
    beside: 'nothing more, 20 KB',
    goalUs: 2000,
  },
  {
    id: 'private data masked, 20 KB with 100 values',
    settings: { ...NO_STORE, privacy: { maskBeforeLlm: true } },
    body: withPrivateValues(100),
    beside: 'nothing more, 20 KB',
  },
  {
    id: 'five guards on input and output',
    settings: { ...NO_STORE, guards: { rules: GUARDED.map((category) => ({ name: category, category })) } },
    beside: 'nothing more',
  },
  {
    id: 'an answer from the cache',
    settings: { ...NO_STORE, cache: { enabled: true } },
    goalUs: 100,
    isWhole: true,
  },
  {
    id: 'a cache that misses',
    // What is too long to be kept is asked for again each time.
    settings: { ...NO_STORE, cache: { enabled: true, entryBytesMax: 1 } },
    beside: 'nothing more',
  },
  {
    id: 'tokens saved in 20 KB of prose',
    settings: { ...NO_STORE, saving: { mode: 'lossless' } },
    body: LONG,
    beside: 'nothing more, 20 KB',
  },
  { id: 'nothing more, a tool’s JSON', settings: NO_STORE, body: withToolJson() },
  {
    id: 'tokens saved in a tool’s JSON',
    settings: { ...NO_STORE, saving: { mode: 'lossless' } },
    body: withToolJson(),
    beside: 'nothing more, a tool’s JSON',
  },
];

/** Targets of one name, each with a key of its own. */
function groupOf(count: number, upstreamPort: number): readonly object[] {
  return Array.from({ length: count }, (_, at) => ({
    name: 'bench',
    target: 'openai/gpt-4o-mini',
    key: `sk-up-${at}`,
    apiBase: `http://127.0.0.1:${upstreamPort}${upstreamBase('plain')}`,
  }));
}

async function newKey(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      rpm_limit: 100_000_000,
      tpm_limit: 1_000_000_000,
      max_budget: 1000,
      budget_duration: '30d',
    }),
  });
  const { key } = (await answer.json()) as { readonly key?: string };
  if (key === undefined) throw new Error(`no key was made: status ${answer.status}`);
  return key;
}

function withPrivateValues(count: number): string {
  const { messages, ...rest } = JSON.parse(LONG) as { readonly messages: readonly { content: string }[] };
  const every = Math.floor(PLANTED.length / count);
  const sentences = PLANTED.filter((_, at) => at % every === 0).map(({ sentence }) => sentence);
  const share = Math.ceil(sentences.length / messages.length);
  const planted = messages.map((message, at) => {
    const some = sentences.slice(at * share, (at + 1) * share).join(' ');
    return { ...message, content: some + message.content.slice(some.length) };
  });
  return JSON.stringify({ ...rest, messages: planted });
}

function withToolJson(): string {
  const chance = seeded(1);
  const kinds = Object.values(TOOL_KINDS);
  const answers = kinds.map((kind, at) => ({
    role: 'tool',
    tool_call_id: `call_${at}`,
    content: toolJson(kind, chance, 20),
  }));
  const calls = kinds.map((_, at) => ({
    id: `call_${at}`,
    type: 'function',
    function: { name: 'look', arguments: '{}' },
  }));
  const messages = [
    { role: 'user', content: 'What is wrong?' },
    { role: 'assistant', content: null, tool_calls: calls },
    ...answers,
  ];
  return JSON.stringify({ model: 'bench', messages });
}
