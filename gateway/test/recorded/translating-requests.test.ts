import { expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { describeRecorded, expectAll, type Exchange, requests } from './exchanges.ts';
import { isObject, type Json, type JsonObject } from './independent.ts';
import { otherDialect } from './vendors.ts';

describeRecorded('a recorded request, asked in the other vendor’s dialect', () => {
  test(`keeps every text of its messages: ${requests.length} requests`, () =>
    expectAll(requests, 1100, (exchange) => {
      const said = textsIn(translated(exchange)).join('\n');
      const texts = messageTexts(bodyOf(exchange));
      expect(texts.filter((text) => !said.includes(text))).toEqual([]);
    }));

  const withTools = requests.filter((exchange) => toolNames(bodyOf(exchange)).length > 0);
  test(`keeps the names of its tools: ${withTools.length} requests`, () =>
    expectAll(withTools, 300, (exchange) => {
      expect(toolNames(translated(exchange))).toEqual(toolNames(bodyOf(exchange)));
    }));

  const withCalls = requests.filter((exchange) => calls(bodyOf(exchange)).length > 0);
  test(`keeps the tool calls of the conversation, with their arguments: ${withCalls.length} requests`, () =>
    expectAll(withCalls, 150, (exchange) => {
      expect(calls(translated(exchange))).toEqual(calls(bodyOf(exchange)));
    }));

  test(`names what it loses, and each loss once: ${requests.length} requests`, () =>
    expectAll(requests, 1100, (exchange) => {
      const losses = encoded(exchange).losses.map(({ what }) => what);
      expect(losses).toEqual([...new Set(losses)]);
    }));
});

function bodyOf({ request }: Exchange): JsonObject {
  return JSON.parse(String(request)) as JsonObject;
}

function encoded(exchange: Exchange): ReturnType<(typeof dialects)['openai-chat']['encodeRequest']> {
  const bytes = exchange.request ?? Buffer.alloc(0);
  const ask = dialects[exchange.dialect].readRequest({ dialect: exchange.dialect, bytes, body: bodyOf(exchange) });
  return dialects[otherDialect(exchange.dialect)].encodeRequest(ask.look(), 'the-model');
}

function translated(exchange: Exchange): JsonObject {
  return JSON.parse(encoded(exchange).bytes.toString()) as JsonObject;
}

/** The texts that people and models said, not those inside tools or media. */
function messageTexts(body: JsonObject): string[] {
  const messages = listAt(body, 'messages').flatMap((message) =>
    isObject(message) ? contentTexts(message['content']) : [],
  );
  return [...contentTexts(body['system']), ...messages].map((text) => text.trim()).filter((text) => text !== '');
}

function contentTexts(content: Json | undefined): string[] {
  if (typeof content === 'string') return [content];
  const parts = Array.isArray(content) ? content : [];
  return parts.flatMap((part) =>
    isObject(part) && typeof part['text'] === 'string' && part['type'] === 'text' ? part['text'] : [],
  );
}

function toolNames(body: JsonObject): Json[] {
  return listAt(body, 'tools').flatMap((tool) => {
    if (!isObject(tool)) return [];
    if (isObject(tool['function'])) return [tool['function']['name'] ?? null];
    return tool['input_schema'] ? [tool['name'] ?? null] : []; // the others run at the provider
  });
}

function calls(body: JsonObject): { name: Json | undefined; input: unknown }[] {
  return listAt(body, 'messages').flatMap((message) => {
    if (!isObject(message) || message['role'] !== 'assistant') return [];
    const openai = listAt(message, 'tool_calls').flatMap((call) => {
      const asked = isObject(call) && isObject(call['function']) ? call['function'] : undefined;
      return asked ? [{ name: asked['name'], input: parsedInput(asked['arguments']) }] : [];
    });
    const anthropic = listAt(message, 'content').flatMap((part) =>
      isObject(part) && part['type'] === 'tool_use' ? [{ name: part['name'], input: part['input'] as unknown }] : [],
    );
    return [...openai, ...anthropic];
  });
}

function parsedInput(json: Json | undefined): unknown {
  return typeof json === 'string' && json.trim() !== '' ? (JSON.parse(json) as unknown) : {};
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function listAt(object: JsonObject, name: string): readonly Json[] {
  const value = object[name];
  return Array.isArray(value) ? value : [];
}
