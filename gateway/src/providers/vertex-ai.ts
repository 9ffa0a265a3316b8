import { geminiContent as dialect } from '../dialects/gemini-content/gemini-content.ts';
import type { EndpointAsked, HttpProvider } from './contract.ts';

/** Gemini's models in Google Cloud, asked with a service account or with a key of Vertex AI's express mode. */
export const vertexAi: HttpProvider = {
  kind: 'http',
  id: 'vertex_ai',
  docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
  prefixes: ['vertex_ai_beta'],
  baseUrl: 'https://{location}-aiplatform.googleapis.com/v1',
  baseUrlEnv: ['VERTEXAI_API_BASE'],
  keyEnv: ['VERTEXAI_API_KEY'],
  fields: {
    project: { env: ['VERTEXAI_PROJECT', 'GOOGLE_CLOUD_PROJECT'], description: 'The project in Google Cloud.' },
    location: {
      env: ['VERTEXAI_LOCATION', 'GOOGLE_CLOUD_LOCATION'],
      default: 'us-central1',
      description: 'The region; `global` wants the base URL `https://aiplatform.googleapis.com/v1` as well.',
    },
    credentials: {
      env: ['VERTEXAI_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS'],
      secret: true,
      description:
        'A service account: its JSON, or the file that it stands in. Without it the machine’s own credentials are taken, by the package google-auth-library where that is installed.',
    },
  },
  headers: (key) => (key === undefined ? {} : { 'x-goog-api-key': key }),
  signing: { kind: 'google', needs: [['project'], ['key']] },
  priceList: 'google',
  chat: [{ dialect, path: pathOf }],
};

/** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/streamGenerateContent */
function pathOf({ model, stream, fields: { project, location } }: EndpointAsked): string {
  const parts = (names: readonly string[]): string => names.map(encodeURIComponent).join('/');
  const place = project === undefined ? '' : `/${parts(['projects', project, 'locations', location ?? 'global'])}`;
  const operation = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return `${place}/${parts(['publishers', 'google', 'models', model])}:${operation}`;
}
