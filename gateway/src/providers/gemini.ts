import { geminiContent as dialect } from '../dialects/gemini-content/gemini-content.ts';
import type { HttpProvider } from './contract.ts';

/** Google's Gemini API, as AI Studio gives keys for it. */
export const gemini: HttpProvider = {
  kind: 'http',
  id: 'gemini',
  docs: 'https://ai.google.dev/api/generate-content',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  baseUrlEnv: ['GEMINI_API_BASE'],
  keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  headers: (key) => (key === undefined ? {} : { 'x-goog-api-key': key }),
  priceList: 'google',
  chat: [{ dialect, path: ({ model, stream }) => `/${placeOf(model)}:${stream ? STREAMED : 'generateContent'}` }],
  operations: { 'count-tokens': { path: ({ model }) => `/${placeOf(model)}:countTokens`, dialect: dialect.id } },
  models: [
    'gemini-3-pro-preview',
    'gemini-3-flash-preview',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
  ],
  knows: [/^gemini-/],
};

const STREAMED = 'streamGenerateContent?alt=sse';
const TUNED = 'tunedModels/';

/** Models of one's own stand in a folder of their own. */
function placeOf(model: string): string {
  const isTuned = model.startsWith(TUNED);
  return (isTuned ? TUNED : 'models/') + encodeURIComponent(isTuned ? model.slice(TUNED.length) : model);
}
