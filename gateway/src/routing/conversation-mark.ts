import { firstWordsOf } from '../dialects/first-words.ts';
import type { Ask, Message } from '../model/request.ts';

/** A provider's cache holds beginnings, so the beginning is what tells conversations apart. */
const START_CHARACTERS = 2000;
/** Agents begin every conversation of a project alike; what the user wants stands at the end of the first message. */
const END_CHARACTERS = 1000;

/** What all turns of a conversation have in common: its system prompt and the first message of its user. */
export function conversationMark(ask: Ask): string {
  const { told, asked } = (ask.origin && firstWordsOf(ask.origin.body)) ?? wordsIn(ask.look().messages);
  return `${told.slice(0, START_CHARACTERS)}\n${asked.slice(0, START_CHARACTERS)}${asked.slice(-END_CHARACTERS)}`;
}

/** The same of a request that has no bytes any more. */
function wordsIn(messages: readonly Message[]): { readonly told: string; readonly asked: string } {
  return {
    told: textOf(messages.find(({ role }) => role === 'system' || role === 'developer')),
    asked: textOf(messages.find(({ role }) => role === 'user')),
  };
}

function textOf(message: Message | undefined): string {
  return message?.content.map((part) => (part.type === 'text' ? part.text : part.type)).join('\n') ?? '';
}
