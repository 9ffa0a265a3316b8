import type { JsonSchema } from '../model/route-facts.ts';
import { type RouteBody, type RouteFacts, usualFields } from './route.ts';

const OPENAI = 'https://platform.openai.com/docs/api-reference';
const model: JsonSchema = { type: 'string', description: 'A model that can do this.' };
const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { description: 'A text, or a list of texts.' };
const file: JsonSchema = { type: 'string', format: 'binary' };

const asked = { access: 'key', isTurn: true } as const;
const form = (body: RouteBody): RouteBody => ({ ...body, types: ['multipart/form-data'] });
const sounds = { ...asked, tag: 'Pictures and sounds' } as const;

/** What is to be known of embeddings. */
export const embeddingsFacts: RouteFacts = {
  ...asked,
  summary: 'Texts as vectors.',
  tag: 'Texts',
  body: usualFields({ model, input: texts }, ['model', 'input']),
  manual: `${OPENAI}/embeddings/create`,
};

/** What is to be known of judging texts. */
export const moderationsFacts: RouteFacts = {
  ...asked,
  summary: 'Whether texts are harmful.',
  tag: 'Texts',
  body: usualFields({ model, input: texts }, ['input']),
  manual: `${OPENAI}/moderations/create`,
};

/** What is to be known of ranking texts. */
export const rerankFacts: RouteFacts = {
  ...asked,
  summary: 'Documents in the order of how well they fit a question.',
  tag: 'Texts',
  body: usualFields({ model, query: text, documents: { type: 'array' } }, ['model', 'query', 'documents']),
  manual: 'https://docs.cohere.com/reference/rerank',
};

/** What is to be known of the routes for pictures and sounds, by the end of their path. */
export const MEDIA_FACTS = {
  '/images/generations': {
    ...sounds,
    summary: 'Pictures from a text.',
    body: usualFields({ model, prompt: text }, ['prompt']),
    manual: `${OPENAI}/images/create`,
    answers: ['application/json', 'text/event-stream'],
  },
  '/images/edits': {
    ...sounds,
    summary: 'A picture, changed.',
    body: {
      ...usualFields({ model, prompt: text, image: file }, ['prompt']),
      types: ['multipart/form-data', 'application/json'],
    },
    manual: `${OPENAI}/images/createEdit`,
  },
  '/images/variations': {
    ...sounds,
    summary: 'Pictures like another.',
    body: form(usualFields({ model, image: file }, ['image'])),
    manual: `${OPENAI}/images/createVariation`,
  },
  '/audio/speech': {
    ...sounds,
    summary: 'A text, spoken.',
    body: usualFields({ model, input: text, voice: {} }, ['model', 'input', 'voice']),
    manual: `${OPENAI}/audio/createSpeech`,
    answers: ['audio/*', 'text/event-stream'],
  },
  '/audio/transcriptions': {
    ...sounds,
    summary: 'What is said in a recording.',
    body: form(usualFields({ model, file }, ['model', 'file'])),
    manual: `${OPENAI}/audio/createTranscription`,
    answers: ['application/json', 'text/plain', 'text/event-stream'],
  },
  '/audio/translations': {
    ...sounds,
    summary: 'What is said in a recording, in English.',
    body: form(usualFields({ model, file }, ['model', 'file'])),
    manual: `${OPENAI}/audio/createTranslation`,
    answers: ['application/json', 'text/plain'],
  },
} as const satisfies Readonly<Record<string, RouteFacts>>;

/** What is to be known of conversations over a WebSocket. */
export const realtimeFacts: RouteFacts = {
  ...asked,
  summary: 'A conversation over a WebSocket: ask to upgrade the connection. The key may come as a subprotocol.',
  tag: 'Chat',
  query: () => ({ type: 'object', properties: { model }, required: ['model'] }),
  manual: `${OPENAI}/realtime`,
};
