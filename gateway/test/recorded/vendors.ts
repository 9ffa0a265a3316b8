import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { saidToAmazon } from './vendor-amazon.ts';
import { saidToCohere } from './vendor-cohere.ts';
import { saidToOllama } from './vendor-ollama.ts';
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
  return LISTENERS[dialect](form, bytes);
}

/** The other vendors' dialects. */
export function otherDialects(dialect: DialectId): readonly VendorDialect[] {
  const own = dialect === 'openai-completions' ? 'openai-chat' : dialect;
  return (Object.keys(LISTENERS) as VendorDialect[]).filter((one) => one !== own);
}

const LISTENERS: Readonly<Record<VendorDialect, (form: Wire['form'], bytes: Buffer) => Promise<Said>>> = {
  'openai-chat': saidToOpenai,
  'anthropic-messages': saidToAnthropic,
  'bedrock-converse': saidToAmazon,
  'cohere-chat': saidToCohere,
  'gemini-content': saidToGoogle,
  'ollama-chat': saidToOllama,
  'openai-responses': saidToResponses,
};

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

async function saidToResponses(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: 'http://loopback/v1',
    maxRetries: 0,
    fetch: answering(form, bytes),
  });
  const asked = { model: 'm', input: 'Hello' };
  const response =
    form === 'sse' ? await client.responses.stream(asked).finalResponse() : await client.responses.create(asked);
  const calls = response.output.flatMap((item) => {
    if (item.type === 'custom_tool_call') return [{ name: item.name, input: item.input }];
    return item.type === 'function_call' ? [{ name: item.name, input: inputOf(item.arguments) }] : [];
  });
  const { status, incomplete_details: details, usage } = response;
  const word = status === 'completed' ? (calls.length > 0 ? 'tool_calls' : 'stop') : details?.reason;
  return {
    text: response.output
      .flatMap((item) => (item.type === 'message' ? item.content : []))
      .map((part) => (part.type === 'output_text' ? part.text : ''))
      .join(''),
    calls,
    finish: FINISHES[word ?? ''] ?? 'other',
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
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

/** Google's SDK fetches by itself alone. */
async function saidToGoogle(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: 'http://loopback' } });
  const asked = { model: 'm', contents: 'Hello' };
  const said = await fetching(answering(form, bytes), async () => {
    if (form !== 'sse') return [await client.models.generateContent(asked)];
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await client.models.generateContentStream(asked)) chunks.push(chunk);
    return chunks;
  });
  const parts = said.flatMap(
    ({ candidates }) => candidates?.find(({ index = 0 }) => index === 0)?.content?.parts ?? [],
  );
  const calls = parts.flatMap(({ functionCall: call }) => (call ? [{ name: call.name ?? '', input: call.args }] : []));
  const reason = said.findLast(({ candidates }) => candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason;
  const usage = said.findLast(({ usageMetadata }) => usageMetadata?.promptTokenCount !== undefined)?.usageMetadata;
  const thoughts = usage?.thoughtsTokenCount ?? 0;
  return {
    text: parts.map(({ text = '', thought }) => (thought ? '' : text)).join(''),
    calls,
    finish: reason === 'STOP' && calls.length > 0 ? 'tools' : (FINISHES[reason ?? ''] ?? 'other'),
    inputTokens: usage && (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    outputTokens: usage && (usage.candidatesTokenCount ?? 0) + thoughts,
  };
}

async function fetching<T>(answer: typeof fetch, act: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = answer;
  try {
    return await act();
  } finally {
    globalThis.fetch = real;
  }
}

const FINISHES: Readonly<Record<string, string>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  STOP: 'stop',
  MAX_TOKENS: 'length',
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
