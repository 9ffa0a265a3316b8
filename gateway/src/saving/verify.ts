import type { ChatRequest } from '../model/request.ts';
import type { Block } from './blocks.ts';

/** Whether two requests are the same but for the texts of these blocks: all else must be the very same objects. */
export function isElsewhereUntouched(before: ChatRequest, after: ChatRequest, blocks: readonly Block[]): boolean {
  const touched = new Set(blocks.map(({ place }) => `${place.message} ${place.part}`));
  const { messages, ...rest } = before;
  const sameFields = Object.entries(rest).every(([field, value]) => after[field as keyof ChatRequest] === value);
  if (!sameFields || messages.length !== after.messages.length) return false;
  return messages.every((message, at) => {
    const other = after.messages[at];
    if (other === message) return true;
    if (other?.role !== message.role || other.content.length !== message.content.length) return false;
    return message.content.every(
      (part, index) =>
        other.content[index] === part || (touched.has(`${at} ${index}`) && other.content[index]?.type === part.type),
    );
  });
}
