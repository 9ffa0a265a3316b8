import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Wire } from '../../src/model/reply.ts';
import type { DialectId } from '../../src/model/request.ts';

/** What a reply says, as the vendor's own SDK understands it. */
export interface Said {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly finish: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** The dialects that a vendor's SDK speaks. */
export type VendorDialect = Exclude<DialectId, 'openai-completions'>;

/** Has the vendor's own SDK read a reply. Throws what the SDK throws. */
export function saidTo(dialect: VendorDialect, form: Wire['form'], bytes: Buffer): Promise<Said> {
  return dialect === 'openai-chat' ? saidToOpenai(form, bytes) : saidToAnthropic(form, bytes);
}

/** The other vendor's dialect. */
export function otherDialect(dialect: DialectId): VendorDialect {
  return dialect === 'anthropic-messages' ? 'openai-chat' : 'anthropic-messages';
}

async function saidToOpenai(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: 'http://loopback/v1',
    maxRetries: 0,
    fetch: answering(form, bytes),
  });
  const asked = { model: 'm', messages: [] };
  const { choices, usage } =
    form === 'sse'
      ? await client.chat.completions.stream(asked).finalChatCompletion()
      : await client.chat.completions.create(asked);
  const [first] = choices;
  const calls = first?.message.tool_calls ?? [];
  return {
    text: textOf(first?.message.content),
    calls: calls.map((call) =>
      call.type === 'custom'
        ? { name: call.custom.name, input: call.custom.input }
        : { name: call.function.name, input: inputOf(call.function.arguments) },
    ),
    finish: FINISHES[first?.finish_reason ?? ''] ?? 'other',
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
  };
}

async function saidToAnthropic(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const client = new Anthropic({
    apiKey: 'k',
    baseURL: 'http://loopback',
    maxRetries: 0,
    fetch: answering(form, bytes),
  });
  const asked = { model: 'm', max_tokens: 1, messages: [] };
  const message =
    form === 'sse' ? await client.messages.stream(asked).finalMessage() : await client.messages.create(asked);
  const { content, stop_reason: reason, usage } = message;
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [])),
    finish: FINISHES[reason ?? ''] ?? 'other',
    inputTokens: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
  };
}

const FINISHES: Readonly<Record<string, string>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tools',
  tool_use: 'tools',
};

function answering(form: Wire['form'], bytes: Buffer): typeof fetch {
  const type = form === 'sse' ? 'text/event-stream' : 'application/json';
  return () => Promise.resolve(new Response(Uint8Array.from(bytes), { headers: { 'content-type': type } }));
}

/** Some hosts answer with a list of parts where OpenAI has a text. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.map((part: { type?: string; text?: string }) => (part.type === 'text' ? part.text : '')).join('');
}

function inputOf(json: string): unknown {
  return json.trim() === '' ? {} : (JSON.parse(json) as unknown);
}
