import type { ReplyEvent } from '../model/reply.ts';
import type { ChatRequest, Message, Tool } from '../model/request.ts';
import type { LocalProvider } from './contract.ts';

/** Rough, and said to be: the echo model has no tokenizer. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * The built-in model `synthlang/echo`: it says back what the user said last, so that the first request works with no key
 * and no network. When tools are offered and the user writes `call NAME {json}`, it calls that tool.
 */
export const synthlang: LocalProvider = {
  kind: 'local',
  id: 'synthlang',
  models: ['echo'],
  answer: (request, model, replyId) => echo(request, model, replyId),
};

async function* echo(request: ChatRequest, model: string, replyId: string): AsyncGenerator<ReplyEvent> {
  const said = lastWords(request.messages);
  const call = askedCall(said, request.tools ?? []);
  yield { type: 'start', id: replyId, model };
  for (let choice = 0; choice < (request.choiceCount ?? 1); choice += 1) {
    yield* call ? callEvents(choice, call) : textEvents(choice, said, request.maxOutputTokens);
  }
  yield {
    type: 'usage',
    usage: { inputTokens: tokens(allText(request.messages)), outputTokens: tokens(call ? call.input : said) },
  };
  yield { type: 'end' };
}

function* textEvents(choice: number, said: string, tokensMax = Number.POSITIVE_INFINITY): Generator<ReplyEvent> {
  const words = said.match(/\S+\s*|\s+/g) ?? [];
  yield { type: 'block-start', choice, block: 0, start: { kind: 'text' } };
  for (const text of words.slice(0, tokensMax)) yield { type: 'text-delta', choice, block: 0, text };
  yield { type: 'block-end', choice, block: 0 };
  yield { type: 'finish', choice, reason: words.length > tokensMax ? 'length' : 'stop' };
}

interface Call {
  readonly name: string;
  readonly input: string;
}

function* callEvents(choice: number, { name, input }: Call): Generator<ReplyEvent> {
  yield { type: 'block-start', choice, block: 0, start: { kind: 'tool-call', id: `call_${choice}`, name } };
  yield { type: 'tool-input-delta', choice, block: 0, json: input };
  yield { type: 'block-end', choice, block: 0 };
  yield { type: 'finish', choice, reason: 'tool-calls' };
}

function askedCall(said: string, tools: readonly Tool[]): Call | undefined {
  const name = /^call (\S+)/.exec(said)?.[1];
  if (name === undefined || !tools.some((tool) => tool.name === name)) return undefined;
  const input = said.slice(`call ${name}`.length).trim();
  return { name, input: input === '' ? '{}' : input };
}

function lastWords(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user' || role === 'tool');
  return last ? textOf(last) : '';
}

function allText(messages: readonly Message[]): string {
  return messages.map(textOf).join('\n');
}

function textOf({ content }: Message): string {
  return content
    .map((part) =>
      part.type === 'text'
        ? part.text
        : part.type === 'tool-result'
          ? textOf({ role: 'tool', content: part.content })
          : '',
    )
    .join('');
}

function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
