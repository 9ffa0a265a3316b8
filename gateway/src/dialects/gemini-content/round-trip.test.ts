import { expect, test } from 'vitest';
import { decoded, encoded } from '../../../test/decoded.ts';
import { originOf } from '../../../test/requests.ts';
import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { withPathFields } from '../path-fields.ts';
import { geminiContent as gemini } from './gemini-content.ts';

const read = (body: object) =>
  gemini
    .readRequest(originOf('gemini-content', JSON.stringify({ model: 'gemini-2.5-flash', stream: false, ...body })))
    .look();
const saidAgain = (body: object) => {
  const { bytes, losses } = gemini.encodeRequest(read(body), 'gemini-2.5-flash');
  expect(losses).toEqual([]);
  return JSON.parse(String(bytes)) as Record<string, unknown>;
};
const user = (...parts: object[]) => ({ role: 'user', parts });
const model = (...parts: object[]) => ({ role: 'model', parts });

test.each([
  ['texts', [user({ text: 'Hi' }), model({ text: 'Hello' }), user({ text: 'Bye' })]],
  ['thoughts with their proof', [user({ text: 'Hi' }), model({ text: 'Hm', thought: true, thoughtSignature: 'c2ln' })]],
  ['a proof beside a text', [user({ text: 'Hi' }), model({ text: 'Hello', thoughtSignature: 'c2ln' })]],
  [
    'a picture and a video',
    [
      user(
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
        { fileData: { fileUri: 'gs://a/b', mimeType: 'video/mp4' }, videoMetadata: { fps: 2 } },
      ),
    ],
  ],
  [
    'a call without an id, and its result',
    [
      model({ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }),
      user({ functionResponse: { name: 'f', response: { result: [1] } } }),
    ],
  ],
  [
    'a call with an id, and its error',
    [
      model({ functionCall: { id: 'x', name: 'f', args: {} } }),
      user({ functionResponse: { id: 'x', name: 'f', response: { error: 'no' } } }),
    ],
  ],
  ['a result in JSON that is a text', [user({ functionResponse: { name: 'f', response: { output: '{"a":1}' } } })]],
  [
    'a result with a picture',
    [
      user({
        functionResponse: {
          name: 'f',
          response: { output: 'see' },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }],
        },
      }),
    ],
  ],
  [
    'code that ran',
    [
      model(
        { executableCode: { language: 'PYTHON', code: '1' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
      ),
    ],
  ],
  ['a content without a role', [{ parts: [{ text: 'Hi' }] }]],
])('%s are read and said again as they were', (_, contents) => {
  expect(saidAgain({ contents })).toEqual({ contents });
});

test('every setting is read and said again as it was', () => {
  const body = {
    contents: [user({ text: 'Hi' })],
    systemInstruction: { parts: [{ text: 'Be kind.' }] },
    tools: [
      {
        functionDeclarations: [
          {
            name: 'f',
            description: 'd',
            parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } },
          },
        ],
      },
      { googleSearch: {} },
    ],
    toolConfig: {
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] },
      retrievalConfig: { languageCode: 'de' },
    },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/1',
    serviceTier: 'flex',
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      maxOutputTokens: 9,
      candidateCount: 2,
      stopSequences: ['.'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'INTEGER' } } },
      thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
      responseModalities: ['TEXT'],
      speechConfig: { languageCode: 'de' },
    },
  };
  expect(saidAgain(body)).toEqual(body);
  expect(read(body)).toMatchObject({
    temperature: 0.5,
    choiceCount: 2,
    logprobs: 3,
    reasoning: { budgetTokens: 100 },
    toolChoice: { type: 'tool', name: 'f' },
    output: { type: 'json-schema', schema: { type: 'object', properties: { a: { type: 'integer' } } } },
    tools: [
      { name: 'f', parameters: { type: 'object', properties: { a: { type: ['string', 'null'] } } } },
      { name: 'googleSearch' },
    ],
  });
});

test('names in snake case are read as well, and refused where both stand', () => {
  const request = read({
    contents: [user({ text: 'Hi' })],
    system_instruction: { parts: [{ text: 'Be kind.' }] },
    generation_config: { max_output_tokens: 9 },
  });
  expect(request).toMatchObject({ maxOutputTokens: 9, messages: [{ role: 'system' }, { role: 'user' }] });
  const both = { contents: [user({ text: 'Hi' })], systemInstruction: {}, system_instruction: {} };
  expect(() => read(both)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

test('what the path says stands in front of the body, and is taken out to the byte', () => {
  const own = ' { "contents":[{"parts":[{"text":"Hi"}]}], "tools" : [] }';
  const bytes = withPathFields(Buffer.from(own), { model: 'm', stream: true }, false);
  const origin = originOf('gemini-content', String(bytes));
  expect(gemini.readRequest(origin).head).toMatchObject({ model: 'm', stream: true });
  expect(String(gemini.patchRequest(origin, { model: 'other', cut: [] }))).toBe(own);
});

const heard = (...frames: object[]): ReplyEvent[] =>
  decoded(gemini, 'sse', [Buffer.from(frames.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join(''))]);
const candidate = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  responseId: 'r',
  modelVersion: 'm',
});

test('a stream is over when each of its answers is, since the wire has no mark for it', () => {
  expect(heard(candidate([{ text: 'Hi' }])).at(-1)?.type).toBe('text-delta');
  const events = heard(candidate([{ text: 'Hi' }]), candidate([], { finishReason: 'STOP' }));
  expect(events.slice(-2)).toMatchObject([{ type: 'finish', reason: 'stop' }, { type: 'end' }]);
});

test('an answer that asks for tools ends for that, though the wire says STOP', () => {
  const events = heard(
    candidate([{ functionCall: { name: 'f', args: { a: 1 } } }]),
    candidate([{ text: '' }], { finishReason: 'STOP' }),
  );
  expect(events).toContainEqual(expect.objectContaining({ type: 'finish', reason: 'tool-calls' }));
  expect(events).toContainEqual(
    expect.objectContaining({ start: expect.objectContaining({ id: 'call_r_0_0' }) as unknown }),
  );
});

test('a refused prompt is an answer that was filtered, and is said again without answers', () => {
  const reply = { promptFeedback: { blockReason: 'SAFETY' }, responseId: 'r', modelVersion: 'm' };
  const events = heard(reply);
  expect(events).toContainEqual({ type: 'finish', choice: 0, reason: 'content-filter' });
  expect(JSON.parse(String(encoded(gemini, 'json', events)))).toEqual({ ...reply, modelVersion: 'the-model' });
});

test('an error inside a stream ends it', () => {
  const events = heard(candidate([{ text: 'Hi' }]), {
    error: { code: 503, message: 'Too busy.', status: 'UNAVAILABLE' },
  });
  const last = events.at(-1);
  expect(last?.type === 'error' && last.error).toMatchObject({ code: 'upstream.overloaded', message: 'Too busy.' });
});

test('a search says where its statements come from', () => {
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
    groundingSupports: [{ segment: { startIndex: 4, endIndex: 9 }, groundingChunkIndices: [0] }],
  };
  const events = heard(
    candidate([{ text: 'Där' }]),
    candidate([{ text: ' is it' }], { finishReason: 'STOP', groundingMetadata }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      citation: expect.objectContaining({ url: 'https://a.example', title: 'A', start: 3, end: 8 }) as unknown,
    }),
  );
});

test.each([
  ['beside a proof', [[{ text: 'Där is it', thoughtSignature: 'c2ln' }]]],
  ['after the text', [[{ text: 'Där is it' }], [{ text: '', thoughtSignature: 'c2ln' }]]],
])('the sources of a text are heard %s as well, and once', (_, pieces) => {
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example' } }],
    groundingSupports: [{ segment: { endIndex: 4 }, groundingChunkIndices: [0] }],
  };
  const frames = pieces.map((parts, at) =>
    candidate(parts, at === pieces.length - 1 ? { finishReason: 'STOP', groundingMetadata } : {}),
  );
  const cited = heard(...frames).filter(({ type }) => type === 'citation');
  expect(cited).toMatchObject([{ block: 0, citation: { url: 'https://a.example', start: 0, end: 3 } }]);
});

test('an error is said with its field, its wait and its request', () => {
  const error = new GatewayError('limit.rate', 'Slow down.', { param: 'contents', retryAfterMs: 1500 });
  expect(JSON.parse(String(gemini.encodeError(error, 'req-1')))).toMatchObject({
    error: {
      code: 429,
      message: 'Slow down.',
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { reason: 'limit.rate' },
        { fieldViolations: [{ field: 'contents' }] },
        { retryDelay: '2s' },
        { requestId: 'req-1' },
      ],
    },
  });
});

test('a key that Google refuses is the gateway’s trouble and not the caller’s', () => {
  const error = {
    code: 400,
    message: 'API key not valid.',
    status: 'INVALID_ARGUMENT',
    details: [{ reason: 'API_KEY_INVALID' }],
  };
  expect(gemini.readError({ error })).toMatchObject({ means: 'auth', code: 'API_KEY_INVALID' });
  expect(gemini.readError([{ error }])).toMatchObject({ message: 'API key not valid.' });
});
