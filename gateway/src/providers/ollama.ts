import { ollamaChat as dialect } from '../dialects/ollama-chat/ollama-chat.ts';
import { bearer, type HttpProvider } from './contract.ts';

const BASE_URL = 'http://127.0.0.1:11434';

/** Ollama: a server on one's own machine, or its cloud. */
export const ollama: HttpProvider = {
  kind: 'http',
  id: 'ollama',
  docs: 'https://docs.ollama.com/api/chat',
  prefixes: ['ollama_chat'],
  baseUrl: BASE_URL,
  baseUrlEnv: ['OLLAMA_API_BASE', 'OLLAMA_HOST'],
  baseUrlOf: urlOfHost,
  keyEnv: ['OLLAMA_API_KEY'],
  keyOptional: true,
  headers: bearer,
  chat: [{ dialect, path: '/api/chat' }],
  local: { name: 'Ollama', baseUrl: BASE_URL, list: '/api/tags', listForm: 'ollama-v1' },
  operations: { embeddings: { path: '/api/embed', form: 'ollama-v1' } },
};

const PORT = 11_434;

/**
 * `OLLAMA_HOST` says where the server listens, often without a scheme or a port, and may mean every address of the
 * machine, which nobody can ask. https://docs.ollama.com/faq#how-can-i-expose-ollama-on-my-network
 */
function urlOfHost(said: string): string {
  if (/^https?:\/\//i.test(said)) return said;
  const host = said.startsWith(':') ? `127.0.0.1${said}` : said;
  if (!URL.canParse(`http://${host}`)) return said;
  const url = new URL(`http://${host}`);
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  if (!/:\d{1,5}(?:\/|$)/.test(host)) url.port = String(PORT);
  return url.href.replace(/\/+$/, '');
}
