import type { JsonSchema } from '../model/route-facts.ts';
import { type CallerDialect, type RouteBody, type RouteFacts, usualFields } from './route.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const objects = (description: string): JsonSchema => ({ type: 'array', items: { type: 'object' }, description });
/** A name for whoever reads to put another into its place. */
const model: JsonSchema = { ...text('A name that GET /v1/models lists, or provider/model.'), examples: ['MODEL'] };
const HELLO = [{ role: 'user', content: 'Hello' }];
const PARTS = [{ role: 'user', parts: [{ text: 'Hello' }] }];
const stream = flag('Whether the answer comes in pieces, as server-sent events.');

const OPENAI_CHAT = usualFields(
  {
    model,
    messages: { ...objects('The conversation; each message has a role and a content.'), examples: [HELLO] },
    stream,
    max_completion_tokens: { type: 'integer', description: 'Most tokens of the answer.' },
    temperature: { type: 'number' },
    tools: objects('Functions that the model may ask for.'),
  },
  ['model', 'messages'],
);
const OPENAI_COMPLETIONS = usualFields(
  { model, prompt: { ...text('The text to go on with.'), examples: ['Hello'] }, stream },
  ['model', 'prompt'],
);
const OPENAI_RESPONSES = usualFields(
  {
    model,
    input: { description: 'A text, or a list of items.', examples: ['Hello'] },
    instructions: text('What the model is told first.'),
    previous_response_id: text('The response to go on from.'),
    stream,
    store: flag('Whether the response is kept for later.'),
  },
  ['model', 'input'],
);
const ANTHROPIC = usualFields(
  {
    model,
    max_tokens: { type: 'integer', description: 'Most tokens of the answer.', examples: [100] },
    messages: { ...objects('The conversation, without its system prompt.'), examples: [HELLO] },
    system: { description: 'The system prompt.' },
    stream,
    tools: objects('Functions that the model may ask for.'),
  },
  ['model', 'max_tokens', 'messages'],
);
const GEMINI = usualFields(
  {
    contents: { ...objects('The conversation.'), examples: [PARTS] },
    systemInstruction: { type: 'object' },
    generationConfig: { type: 'object' },
    tools: objects('Functions that the model may ask for.'),
  },
  ['contents'],
);
const BEDROCK = usualFields(
  {
    messages: { ...objects('The conversation.'), examples: [[{ role: 'user', content: [{ text: 'Hello' }] }]] },
    system: objects('The system prompt.'),
    inferenceConfig: { type: 'object' },
    toolConfig: { type: 'object' },
  },
  ['messages'],
);
const BEDROCK_MANUAL = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html';

/** The answers of routes whose body says whether to stream. */
export const WHOLE_OR_STREAMED: readonly string[] = ['application/json', 'text/event-stream'];

const ABOUT: Readonly<Record<CallerDialect, Required<Pick<RouteFacts, 'summary' | 'body' | 'manual' | 'answers'>>>> = {
  'openai-chat': {
    summary: 'A chat in OpenAI’s words.',
    body: OPENAI_CHAT,
    manual: 'https://platform.openai.com/docs/api-reference/chat/create',
    answers: WHOLE_OR_STREAMED,
  },
  'openai-completions': {
    summary: 'A text to go on with.',
    body: OPENAI_COMPLETIONS,
    manual: 'https://platform.openai.com/docs/api-reference/completions/create',
    answers: WHOLE_OR_STREAMED,
  },
  'openai-responses': {
    summary: 'A chat in the words of OpenAI’s Responses API.',
    body: OPENAI_RESPONSES,
    manual: 'https://platform.openai.com/docs/api-reference/responses/create',
    answers: WHOLE_OR_STREAMED,
  },
  'anthropic-messages': {
    summary: 'A chat in Anthropic’s words.',
    body: ANTHROPIC,
    manual: 'https://docs.anthropic.com/en/api/messages',
    answers: WHOLE_OR_STREAMED,
  },
  'gemini-content': {
    summary: 'A chat in Google’s words.',
    body: GEMINI,
    manual: 'https://ai.google.dev/api/generate-content',
    answers: ['application/json'],
  },
  'bedrock-converse': {
    summary: 'A chat in Bedrock’s words.',
    body: BEDROCK,
    manual: BEDROCK_MANUAL,
    answers: ['application/json'],
  },
};

/** What is to be known of a route that takes chats in one wire format. */
export function chatFacts(dialect: CallerDialect, besides: Partial<RouteFacts> = {}): RouteFacts {
  return { ...ABOUT[dialect], tag: 'Chat', access: 'key', dialect, isTurn: true, ...besides };
}

/** A body of Google's, for what is done with one besides answering it. */
export const GEMINI_BODY: RouteBody = GEMINI;
/** A body of Anthropic's whose answer isn't wanted. */
export const COUNTED_BODY = usualFields({ model, messages: { ...objects('The conversation.'), examples: [HELLO] } }, [
  'model',
  'messages',
]);

/** The query of the lenient route. */
export const lenientQuery = (): JsonSchema => ({
  type: 'object',
  properties: {
    model: text('The model, where the body is a text.'),
    temperature: { type: 'number' },
    stream: text('true, 1 or yes.'),
    max_tokens: { type: 'integer' },
  },
});
