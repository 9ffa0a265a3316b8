import { openaiChatVoice, openaiError, usageOf } from './openai-chat-voice.ts';
import { CREATED, frame, wordOf } from './voice.ts';
import type { Speech, Voice } from './voice.ts';

/** https://platform.openai.com/docs/api-reference/completions */
export const openaiTextVoice: Voice = {
  asked: (body, path) => ({ ...openaiChatVoice.asked(body, path), lastText: wordOf(body['prompt']) }),
  json: (speech) => ({
    ...envelope(speech),
    choices: choicesOf(speech, speech.textPieces.join(''), speech.finish ?? 'stop'),
    ...(speech.usage && { usage: usageOf(speech.usage) }),
  }),
  frames: (speech) => [
    frame({ ...envelope(speech), choices: choicesOf(speech, '', null) }),
    ...speech.textPieces.map((text) => frame({ ...envelope(speech), choices: choicesOf(speech, text, null) })),
    frame({ ...envelope(speech), choices: choicesOf(speech, '', speech.finish ?? 'stop') }),
    ...(speech.includeUsage && speech.usage
      ? [frame({ ...envelope(speech), choices: [], usage: usageOf(speech.usage) })]
      : []),
    frame('[DONE]'),
  ],
  error: openaiError,
  errorFrame: openaiChatVoice.errorFrame,
  pings: [],
};

function envelope({ id, model }: Speech): Readonly<Record<string, unknown>> {
  return { id: `cmpl-${id}`, object: 'text_completion', created: CREATED, model };
}

function choicesOf(speech: Speech, text: string, finish: string | null): readonly unknown[] {
  return Array.from({ length: speech.choices }, (_, index) => ({ text, index, logprobs: null, finish_reason: finish }));
}
