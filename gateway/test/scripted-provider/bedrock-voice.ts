import { amazonMessage } from '../amazon-messages.ts';
import type { ScriptedUsage } from './behaviour.ts';
import { type Asked, listOf, type Speech, textOf, type Voice } from './voice.ts';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const bedrockVoice: Voice = {
  asked,
  json: (speech) => ({
    output: { message: { role: 'assistant', content: contentOf(speech) } },
    stopReason: stopReasonOf(speech),
    ...(speech.usage && { usage: usageOf(speech.usage) }),
    metrics: { latencyMs: 1 },
  }),
  frames,
  streamType: 'application/vnd.amazon.eventstream',
  error: (status, message) => ({ __type: EXCEPTIONS[status] ?? 'InternalServerException', message }),
  errorFrame: (message) => {
    const headers = { ':message-type': 'exception', ':exception-type': 'modelStreamErrorException' };
    return amazonMessage({ ...headers, ':content-type': 'application/json' }, Buffer.from(JSON.stringify({ message })));
  },
  pings: [],
  frameOf: (content) => amazonMessage(headersOf('contentBlockDelta'), Buffer.from(content)),
};

const EXCEPTIONS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
};

function asked(body: Readonly<Record<string, unknown>>, path: string): Asked {
  const [, model = '', operation] = /\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? [];
  const messages = listOf(body['messages']);
  const users = messages.filter((one) => one['role'] === 'user');
  return {
    model: decodeURIComponent(model),
    stream: operation === 'converse-stream',
    choices: 1,
    includeUsage: true,
    answersTool: listOf(messages.at(-1)?.['content']).some((part) => 'toolResult' in part),
    lastText: textOf(users.at(-1)?.['content']),
  };
}

function usageOf({ input, output, cached = 0 }: ScriptedUsage): unknown {
  return {
    inputTokens: input - cached,
    outputTokens: output,
    totalTokens: input + output,
    ...(cached === 0 ? {} : { cacheReadInputTokens: cached }),
  };
}

function stopReasonOf({ finish, calls }: Speech): string {
  return finish ?? (calls.length > 0 ? 'tool_use' : 'end_turn');
}

const toolUseId = (index: number): string => `tooluse_scripted${index}`;

function contentOf({ reasoning, calls, textPieces }: Speech): readonly unknown[] {
  const thoughts = reasoning === undefined ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }];
  const uses = calls.map(({ name, arguments: input }, index) => ({
    toolUse: { toolUseId: toolUseId(index), name, input },
  }));
  return [...thoughts, ...(uses.length > 0 ? uses : [{ text: textPieces.join('') }])];
}

/** The first frame says nothing yet. Blocks of text have no frame that begins them. */
function frames(speech: Speech): readonly Buffer[] {
  const { reasoning, calls, textPieces } = speech;
  const thoughts =
    reasoning === undefined ? [] : [[event('contentBlockDelta', { delta: { reasoningContent: { text: reasoning } } })]];
  const said =
    calls.length > 0
      ? calls.map(({ name, arguments: input }, index) => [
          event('contentBlockStart', { start: { toolUse: { toolUseId: toolUseId(index), name } } }),
          event('contentBlockDelta', { delta: { toolUse: { input: JSON.stringify(input) } } }),
        ])
      : [textPieces.map((text) => event('contentBlockDelta', { delta: { text } }))];
  const blocks = [...thoughts, ...said].flatMap((block, contentBlockIndex) =>
    [...block, event('contentBlockStop', {})].map((one) => one({ contentBlockIndex })),
  );
  return [
    event('messageStart', { role: 'assistant' })({}),
    ...blocks,
    event('messageStop', { stopReason: stopReasonOf(speech) })({}),
    ...(speech.usage ? [event('metadata', { usage: usageOf(speech.usage), metrics: { latencyMs: 1 } })({})] : []),
  ];
}

function event(name: string, fields: object): (place: object) => Buffer {
  return (place) => amazonMessage(headersOf(name), Buffer.from(JSON.stringify({ ...fields, ...place })));
}

function headersOf(name: string): Readonly<Record<string, string>> {
  return { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' };
}
