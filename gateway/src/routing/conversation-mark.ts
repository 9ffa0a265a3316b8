import type { Ask, Message } from '../model/request.ts';

/** A provider's cache holds beginnings, so the beginning is what tells conversations apart. */
const START_CHARACTERS = 2000;
/** Agents begin every conversation of a project alike; what the user wants stands at the end of the first message. */
const END_CHARACTERS = 1000;

/** What all turns of a conversation have in common: its system prompt and the first message of its user. */
export function conversationMark(ask: Ask): string {
  const { messages } = ask.look();
  const system = messages.find(({ role }) => role === 'system' || role === 'developer');
  const user = messages.find(({ role }) => role === 'user');
  const said = textOf(user);
  return `${textOf(system).slice(0, START_CHARACTERS)}\n${said.slice(0, START_CHARACTERS)}${said.slice(-END_CHARACTERS)}`;
}

function textOf(message: Message | undefined): string {
  return message?.content.map((part) => (part.type === 'text' ? part.text : part.type)).join('\n') ?? '';
}
