import type { LocalServer } from '../model/local-server.ts';

/** So many models are enough to show what there is. */
const NAMED_MAX = 3;

/** Tells which servers were found, and how their models are asked for. */
export function foundText(found: readonly LocalServer[]): string {
  const lines = found.map((server) => `Found on this machine: ${serverText(server)}`);
  return `\n${lines.join('\n')}\n`;
}

/** One server in short: `Ollama at http://127.0.0.1:11434 (ollama/llama3.2, ollama/qwen3:8b and 3 more)`. */
export function serverText({ name, provider, baseUrl, models }: LocalServer): string {
  const named = models.slice(0, NAMED_MAX).map((model) => `${provider}/${printable(model)}`);
  const more = models.length > named.length ? ` and ${models.length - named.length} more` : '';
  return `${name} at ${baseUrl} (${named.length > 0 ? named.join(', ') + more : 'no models yet'})`;
}

/** A terminal obeys control characters, whoever sends them. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
