import { expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Ask } from '../../src/model/request.ts';
import { describeRecorded, expectAll, type Exchange, requests } from './exchanges.ts';
import { isObject, type Json, type JsonObject } from './independent.ts';
import { otherDialects, type VendorDialect } from './vendors.ts';

interface Asked extends Exchange {
  readonly to: VendorDialect;
}

/** What goes on with something that a provider keeps makes sense there only. */
const KEPT = ['previous_response_id', 'conversation', 'background'];
const isWhole = ({ request }: Exchange): boolean => {
  const body = JSON.parse(String(request)) as JsonObject;
  return KEPT.every((name) => !body[name]);
};

const everywhere: readonly Asked[] = requests
  .filter(isWhole)
  .flatMap((one) => otherDialects(one.dialect).map((to) => ({ ...one, to, name: `${one.name} in ${to}` })));

const SAY_NO_NONE: ReadonlySet<string> = new Set(['bedrock-converse', 'ollama-chat']);

describeRecorded('a recorded request, asked in the other vendors’ dialects', () => {
  test(`keeps every text of its messages: ${everywhere.length} translations`, () =>
    expectAll(everywhere, 3200, (exchange) => {
      const said = textsIn(translated(exchange)).join('\n');
      const texts = messageTexts(bodyOf(exchange));
      expect(texts.filter((text) => !said.includes(text))).toEqual([]);
    }));

  // Bedrock and Ollama have no word for tools that may not be called, so they are left out.
  // Cohere has none for the one that must be called, so it is offered alone.
  const leavesOut = ({ to, ...exchange }: Asked): boolean => {
    const choice = askOf(exchange).look().toolChoice?.type;
    return (SAY_NO_NONE.has(to) && choice === 'none') || (to === 'cohere-chat' && choice === 'tool');
  };
  const withTools = everywhere.filter((one) => toolNames(bodyOf(one)).length > 0 && !leavesOut(one));
  test(`keeps the names of its tools: ${withTools.length} translations`, () =>
    expectAll(withTools, 1200, (exchange) => {
      expect(toolNames(translated(exchange))).toEqual(toolNames(bodyOf(exchange)));
    }));

  const withCalls = everywhere.filter((exchange) => calls(bodyOf(exchange)).length > 0);
  test(`keeps the tool calls of the conversation, with their arguments: ${withCalls.length} translations`, () =>
    expectAll(withCalls, 500, (exchange) => {
      expect(calls(translated(exchange))).toEqual(calls(bodyOf(exchange)));
    }));

  test(`names what it loses, and each loss once: ${everywhere.length} translations`, () =>
    expectAll(everywhere, 3200, (exchange) => {
      const losses = encoded(exchange).losses.map(({ what }) => what);
      expect(losses).toEqual([...new Set(losses)]);
    }));
});

function bodyOf({ request }: Exchange): JsonObject {
  return JSON.parse(String(request)) as JsonObject;
}

function encoded(exchange: Asked): ReturnType<(typeof dialects)['openai-chat']['encodeRequest']> {
  return dialects[exchange.to].encodeRequest(askOf(exchange).look(), 'the-model');
}

function askOf(exchange: Exchange): Ask {
  const bytes = exchange.request ?? Buffer.alloc(0);
  return dialects[exchange.dialect].readRequest({ dialect: exchange.dialect, bytes, body: bodyOf(exchange) });
}

function translated(exchange: Asked): JsonObject {
  return JSON.parse(encoded(exchange).bytes.toString()) as JsonObject;
}

/** The texts that people and models said, not those inside tools or media. */
function messageTexts(body: JsonObject): string[] {
  const messages = listAt(body, 'messages').flatMap((message) =>
    isObject(message) ? contentTexts(message['content']) : [],
  );
  const contents = listAt(body, 'contents').flatMap((content) =>
    isObject(content) ? geminiTexts(content['parts']) : [],
  );
  const items = listAt(body, 'input').flatMap((item) => (isObject(item) ? contentTexts(item['content']) : []));
  const input = [
    ...contentTexts(body['instructions']),
    ...(typeof body['input'] === 'string' ? [body['input']] : items),
  ];
  const system = body['systemInstruction'] ?? body['system_instruction'];
  const instructions = isObject(system) ? geminiTexts(system['parts']) : [];
  return [...contentTexts(body['system']), ...messages, ...instructions, ...contents, ...input]
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

const TEXTS: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text']);

function contentTexts(content: Json | undefined): string[] {
  if (typeof content === 'string') return [content];
  const parts = Array.isArray(content) ? content : [];
  return parts.flatMap((part) =>
    isObject(part) && typeof part['text'] === 'string' && TEXTS.has(part['type'] ?? 'text') ? part['text'] : [],
  );
}

/** Without the model's thoughts, which are its own. */
function geminiTexts(parts: Json | undefined): string[] {
  return (Array.isArray(parts) ? parts : []).flatMap((part) =>
    isObject(part) && typeof part['text'] === 'string' && part['thought'] !== true ? part['text'] : [],
  );
}

/** Bedrock's blocks say what they are by the name of their only field. */
function blocksNamed(body: JsonObject, name: string): JsonObject[] {
  return listAt(body, 'messages').flatMap((message) =>
    isObject(message)
      ? listAt(message, 'content').flatMap((block) => {
          const value = isObject(block) ? block[name] : undefined;
          return isObject(value) ? [value] : [];
        })
      : [],
  );
}

function toolNames(body: JsonObject): Json[] {
  if (isObject(body['toolConfig']) && body['contents'] === undefined) {
    return listAt(body['toolConfig'], 'tools').flatMap((tool) =>
      isObject(tool) && isObject(tool['toolSpec']) ? [tool['toolSpec']['name'] ?? null] : [],
    );
  }
  const { tools } = body;
  return (isObject(tools) ? [tools] : listAt(body, 'tools')).flatMap((tool) => {
    if (!isObject(tool)) return [];
    if (tool['functionDeclarations']) {
      return listAt(tool, 'functionDeclarations').map((one) => (isObject(one) ? (one['name'] ?? null) : null));
    }
    if (isObject(tool['function'])) return [tool['function']['name'] ?? null];
    const isFunction = tool['input_schema'] !== undefined || tool['type'] === 'function';
    return isFunction ? [tool['name'] ?? null] : []; // the others run at the provider
  });
}

function calls(body: JsonObject): { name: Json | undefined; input: unknown }[] {
  const gemini = listAt(body, 'contents').flatMap((content) =>
    isObject(content) ? listAt(content, 'parts').flatMap(geminiCall) : [],
  );
  const others = listAt(body, 'messages').flatMap((message) => {
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
  const bedrock = blocksNamed(body, 'toolUse')
    .filter(({ type }) => type !== 'server_tool_use')
    .map(({ name, input }) => ({ name, input }));
  const items = listAt(body, 'input').flatMap((item) =>
    isObject(item) && item['type'] === 'function_call'
      ? [{ name: item['name'], input: parsedInput(item['arguments']) }]
      : [],
  );
  return [...gemini, ...items, ...others, ...bedrock];
}

function geminiCall(part: Json): { name: Json | undefined; input: unknown }[] {
  const call = isObject(part) ? (part['functionCall'] ?? part['function_call']) : undefined;
  return isObject(call) ? [{ name: call['name'], input: call['args'] ?? {} }] : [];
}

function parsedInput(json: Json | undefined): unknown {
  if (isObject(json)) return json; // Ollama's are the object itself
  return typeof json === 'string' && json.trim() !== '' ? (JSON.parse(json) as unknown) : {};
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  // Google wants a tool's result as an object, so a text that is one in JSON is said as it.
  return isObject(value) ? [JSON.stringify(value['response'] ?? ''), ...Object.values(value).flatMap(textsIn)] : [];
}

function listAt(object: JsonObject, name: string): readonly Json[] {
  const value = object[name];
  return Array.isArray(value) ? value : [];
}
