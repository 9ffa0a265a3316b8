/** What the provider behind the proxies answers; see the fast replies of the scripted provider. */
export type Kind = 'plain' | 'paced' | 'burst' | 'held';

/** One thing that is measured, by every system. */
export interface Case {
  readonly id: string;
  readonly kind: Kind;
  readonly bodyBytes: number;
  readonly connections: number;
}

const KILOBYTE = 1024;

/** Everything that is measured. Streams take as long as they take, so few of them make a round. */
export const CASES: readonly Case[] = [
  { id: '1 KB, 1 connection', kind: 'plain', bodyBytes: KILOBYTE, connections: 1 },
  { id: '1 KB, 32 connections', kind: 'plain', bodyBytes: KILOBYTE, connections: 32 },
  { id: '1 KB, 128 connections', kind: 'plain', bodyBytes: KILOBYTE, connections: 128 },
  { id: '20 KB, 1 connection', kind: 'plain', bodyBytes: 20 * KILOBYTE, connections: 1 },
  { id: '20 KB, 32 connections', kind: 'plain', bodyBytes: 20 * KILOBYTE, connections: 32 },
  { id: '20 KB, 128 connections', kind: 'plain', bodyBytes: 20 * KILOBYTE, connections: 128 },
  { id: 'paced stream, 16 at once', kind: 'paced', bodyBytes: KILOBYTE, connections: 16 },
  { id: 'paced stream, 64 at once', kind: 'paced', bodyBytes: KILOBYTE, connections: 64 },
  { id: 'burst stream, 4 at once', kind: 'burst', bodyBytes: KILOBYTE, connections: 4 },
];

const SENTENCE = 'The quick brown fox jumps over the lazy dog and says "hello" to nobody in particular. ';

/** A chat request of about this many bytes: a short system prompt and turns of about 2 KB. */
export function bodyOf(model: string, stream: boolean, bytes: number): string {
  const options = stream ? { stream: true, stream_options: { include_usage: true } } : {};
  const build = (filling: string): string => {
    const turns = filling.match(/.{1,2000}/g) ?? [];
    const messages = turns.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
    const system = { role: 'system', content: 'You are a helpful assistant.' };
    return JSON.stringify({ model, temperature: 0.2, max_tokens: 400, ...options, messages: [system, ...messages] });
  };
  const missing = bytes - build('x').length;
  return build(SENTENCE.repeat(Math.ceil(missing / SENTENCE.length)).slice(0, Math.max(1, missing)));
}

/** How many events a reply of this kind has that carry words. */
export const WORDS: Readonly<Record<Kind, number>> = { plain: 0, paced: 100, burst: 1000, held: 10 };
