import { geminiContent as dialect } from '../dialects/gemini-content/gemini-content.ts';
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts';
import { CLAUDE_RULES } from './claude-rules.ts';
import type { EndpointAsked, FieldValues, HttpProvider } from './contract.ts';

/** Gemini's and Anthropic's models in Google Cloud, asked with a service account or with a key of Vertex AI's express mode. */
export const vertexAi: HttpProvider = {
  kind: 'http',
  id: 'vertex_ai',
  docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
  prefixes: ['vertex_ai_beta'],
  baseUrl: 'https://{location}-aiplatform.googleapis.com/v1',
  baseUrlFor: placeOf,
  baseUrlEnv: ['VERTEXAI_API_BASE'],
  keyEnv: ['VERTEXAI_API_KEY'],
  fields: {
    project: { env: ['VERTEXAI_PROJECT', 'GOOGLE_CLOUD_PROJECT'], description: 'The project in Google Cloud.' },
    location: {
      env: ['VERTEXAI_LOCATION', 'GOOGLE_CLOUD_LOCATION'],
      default: 'us-central1',
      description: 'The region, or `global`, `us` or `eu`.',
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
  forwards: ['anthropic-beta'],
  chat: [
    { dialect, models: [/^(?!claude-)/], path: geminiPath },
    {
      dialect: anthropicMessages,
      models: [/^claude-/],
      path: claudePath,
      inPath: ['model'],
      adds: { anthropic_version: 'vertex-2023-10-16' },
      rules: CLAUDE_RULES,
    },
  ],
};

/** Places that are no single region have hosts of their own. https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
function placeOf({ location }: FieldValues): string | undefined {
  if (location === 'global') return 'https://aiplatform.googleapis.com/v1';
  return location === 'us' || location === 'eu' ? `https://aiplatform.${location}.rep.googleapis.com/v1` : undefined;
}

/** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/streamGenerateContent */
function geminiPath(asked: EndpointAsked): string {
  return `${modelPath('google', asked)}:${asked.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude */
function claudePath(asked: EndpointAsked): string {
  return `${modelPath('anthropic', asked)}:${asked.stream ? 'streamRawPredict' : 'rawPredict'}`;
}

function modelPath(publisher: string, { model, fields: { project, location } }: EndpointAsked): string {
  const parts = (names: readonly string[]): string => names.map(encodeURIComponent).join('/');
  const place = project === undefined ? '' : `/${parts(['projects', project, 'locations', location ?? 'global'])}`;
  // Versions stand behind an @, which Google's own clients leave as it is.
  return `${place}/${parts(['publishers', publisher, 'models', model]).replace(/%40/g, '@')}`;
}
