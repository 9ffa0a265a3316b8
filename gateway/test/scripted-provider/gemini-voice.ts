import type { ScriptedUsage } from './behaviour.ts';
import { type Asked, frame, listOf, type Speech, textOf, type Voice } from './voice.ts';

/** https://ai.google.dev/api/generate-content */
export const geminiVoice: Voice = {
  asked,
  json: (speech) => ({ candidates: candidatesOf(speech, partsOf(speech), true), ...envelope(speech) }),
  frames,
  error: geminiError,
  errorFrame: (message) => frame(geminiError(503, message)),
  pings: [],
};

/** An error as Google says it. */
export function geminiError(code: number, message: string): unknown {
  return { error: { code, message, status: STATUS_WORDS[code] ?? 'INTERNAL' } };
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function asked(body: Readonly<Record<string, unknown>>, path: string): Asked {
  const [, model = '', operation] = /\/([^/:?]+):([A-Za-z]+)/.exec(path) ?? [];
  const contents = listOf(body['contents']);
  const users = contents.filter((one) => one['role'] === 'user');
  const config = (body['generationConfig'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    model: decodeURIComponent(model),
    stream: operation === 'streamGenerateContent',
    choices: typeof config['candidateCount'] === 'number' ? config['candidateCount'] : 1,
    includeUsage: true,
    answersTool: listOf(contents.at(-1)?.['parts']).some((part) => 'functionResponse' in part),
    lastText: textOf(users.at(-1)?.['parts']),
  };
}

function envelope({ id, model, usage }: Speech): Readonly<Record<string, unknown>> {
  return { ...(usage && { usageMetadata: usageOf(usage) }), modelVersion: model, responseId: id };
}

function usageOf({ input, output, cached, reasoning = 0 }: ScriptedUsage): unknown {
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - reasoning,
    totalTokenCount: input + output,
    ...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
    ...(reasoning === 0 ? {} : { thoughtsTokenCount: reasoning }),
  };
}

function partsOf({ reasoning, calls, textPieces }: Speech): readonly unknown[] {
  const thoughts = reasoning === undefined ? [] : [{ text: reasoning, thought: true }];
  if (calls.length === 0) return [...thoughts, { text: textPieces.join('') }];
  return [...thoughts, ...callParts(calls)];
}

function callParts(calls: Speech['calls']): readonly unknown[] {
  return calls.map(({ name, arguments: args }, index) => ({
    functionCall: { name, args },
    ...(index === 0 ? { thoughtSignature: 'c2NyaXB0ZWQ=' } : {}),
  }));
}

function candidatesOf(speech: Speech, parts: readonly unknown[], isLast: boolean): readonly unknown[] {
  return Array.from({ length: speech.choices }, (_, index) => ({
    content: { parts, role: 'model' },
    ...(isLast ? { finishReason: speech.finish ?? 'STOP' } : {}),
    index,
  }));
}

/** The first frame says nothing yet. */
function frames(speech: Speech): readonly Buffer[] {
  const { reasoning, calls, textPieces } = speech;
  const thoughts = reasoning === undefined ? [] : [{ text: reasoning, thought: true }];
  const said = calls.length > 0 ? callParts(calls) : textPieces.map((text) => ({ text }));
  const pieces = [{ text: '' }, ...thoughts, ...said].map((part) =>
    frame({ candidates: candidatesOf(speech, [part], false), ...envelope(speech) }),
  );
  return [...pieces, frame({ candidates: candidatesOf(speech, [{ text: '' }], true), ...envelope(speech) })];
}
