import type { ChatRequest } from '../model/request.ts';

/** Whether a prompt comes as token numbers, which nobody but the model can read. */
export function isInTokens({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) =>
    content.some(
      (part) =>
        part.type === 'native' &&
        part.dialect === 'openai-completions' &&
        Array.isArray(part.value) &&
        part.value.some((item: unknown) => typeof item === 'number' || Array.isArray(item)),
    ),
  );
}
