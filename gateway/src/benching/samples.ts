import type { ChatRequest, Message, Part } from '../model/request.ts';
import { LOG_KINDS, logOf } from './corpus/logs.ts';
import { code, prose } from './corpus/prose-and-code.ts';
import { type Seeded, seeded } from './corpus/seeded.ts';
import { instructions, randomDigits, readAgain } from './corpus/special.ts';
import { TOOL_KINDS, toolJson } from './corpus/tool-json.ts';

/** Texts of one kind, as they stand in conversations. */
export interface Samples {
  readonly kind: string;
  /** Who says them; a tool unless it is said here. */
  readonly role?: 'system' | 'user';
  /** All in one conversation, one after the other; else each is one for itself. */
  readonly isOneConversation?: true;
  readonly texts: readonly string[];
}

const ROWS = { least: 20, more: 60 };
const LINES = { least: 60, more: 120 };
const SENTENCES = { least: 25, more: 30 };
const FUNCTIONS = { least: 5, more: 12 };
const FILES_READ = 8;

/** Texts of every kind, the same for the same seed; `count` of each. */
export function samplesOf(seed: number, count: number): readonly Samples[] {
  const chance = seeded(seed);
  const length = ({ least, more }: typeof ROWS): number => least + chance.below(more);
  const made = (kind: string, make: (chance: Seeded) => string): Samples => ({
    kind,
    texts: Array.from({ length: count }, () => make(chance)),
  });
  return [
    ...Object.entries(TOOL_KINDS).map(([name, kind]) =>
      made(`tool: ${name}`, () => toolJson(kind, chance, length(ROWS))),
    ),
    ...Object.entries(LOG_KINDS).map(([name, kind]) => made(`log: ${name}`, () => logOf(kind, chance, length(LINES)))),
    { kind: 'files read again', isOneConversation: true, texts: readAgain(chance, count * FILES_READ) },
    { ...made('prose', () => prose(chance, length(SENTENCES))), role: 'user' },
    made('code', () => code(chance, length(FUNCTIONS))),
    { ...made('instructions', instructions), role: 'system' },
    made('random digits', randomDigits),
  ];
}

/** The conversations that these texts stand in. */
export function conversationsOf({ role, isOneConversation, texts }: Samples): readonly ChatRequest[] {
  const all = isOneConversation === true ? [texts] : texts.map((text) => [text]);
  return all.map((some) => ({
    model: 'bench',
    messages: some.map((text, at) => messageOf(role, text, at)),
    stream: false,
    usageWanted: false,
  }));
}

function messageOf(role: Samples['role'], text: string, at: number): Message {
  const part: Part = { type: 'text', text };
  if (role !== undefined) return { role, content: [part] };
  return { role: 'tool', content: [{ type: 'tool-result', callId: `call${at}`, content: [part] }] };
}
