import { expect, test } from 'vitest';
import { dialects } from '../dialects/index.ts';
import type { Ask, ChatRequest, DialectId } from '../model/request.ts';
import { splicedAsk } from './spliced-ask.ts';

const LONG = 'line one\n"two" ünï 👋 / \u2028 three';
/** The same text as another program would have escaped it. */
const ESCAPED = '"line one\\n\\"two\\" \\u00fcn\\u00ef \\ud83d\\udc4b \\/ \\u2028 three"';

function arrived(json: string, dialect: DialectId = 'openai-chat'): Ask {
  const bytes = Buffer.from(json);
  return dialects[dialect].readRequest({ dialect, bytes, body: JSON.parse(json) as Record<string, unknown> });
}

/** The request with the text of these messages replaced. */
function retold(ask: Ask, texts: Readonly<Record<number, string>>): ChatRequest {
  const request = ask.look();
  const messages = request.messages.map((message, at) => {
    const text = texts[at];
    if (text === undefined) return message;
    return { ...message, content: message.content.map((part) => (part.type === 'text' ? { ...part, text } : part)) };
  });
  return { ...request, messages };
}

test('only the text changes; every other byte stays as the caller wrote it', () => {
  const json = `{ "temperature": 1.0,\n "model":"m", "odd": 12345678901234567890, "messages" : [ {"role":"user","content":${ESCAPED}} ] }`;
  const ask = arrived(json);
  const changed = splicedAsk(ask, retold(ask, { 0: 'short' }), [{ from: LONG, to: 'short' }]);
  expect(changed.origin?.bytes.toString()).toBe(json.replace(ESCAPED, '"short"'));
  expect(changed.look().messages[0]?.content).toMatchObject([{ text: 'short' }]);
});

test('of two equal texts the one that was meant changes', () => {
  const json = `{"model":"m","messages":[{"role":"user","content":${ESCAPED}},{"role":"user","content":${ESCAPED}}]}`;
  const ask = arrived(json);
  const edits = [
    { from: LONG, to: LONG },
    { from: LONG, to: 'as above' },
  ];
  const changed = splicedAsk(ask, retold(ask, { 1: 'as above' }), edits);
  const at = json.lastIndexOf(ESCAPED);
  expect(changed.origin?.bytes.toString()).toBe(`${json.slice(0, at)}"as above"${json.slice(at + ESCAPED.length)}`);
});

test('a text that also stands where nobody looked is written anew, never in the wrong place', () => {
  const json = `{"model":"m","metadata":{"x":${ESCAPED}},"messages":[{"role":"user","content":${ESCAPED}}]}`;
  const ask = arrived(json);
  const changed = splicedAsk(ask, retold(ask, { 0: 'short' }), [{ from: LONG, to: 'short' }]);
  expect(changed.origin).toBeUndefined();
  expect(changed.look().messages[0]?.content).toMatchObject([{ text: 'short' }]);
});

test('a text that is nowhere to be found is written anew', () => {
  const ask = arrived('{"model":"m","messages":[{"role":"user","content":"hi"}]}');
  expect(splicedAsk(ask, retold(ask, { 0: 'x' }), [{ from: 'unheard of', to: 'x' }]).origin).toBeUndefined();
});

test('it works in every dialect that has a conversation', () => {
  const result = `{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":${ESCAPED}}]}`;
  const call = '{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"n":1.0}}]}';
  const json = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"go"},${call},{"role":"user","content":[${result}]}]}`;
  const ask = arrived(json, 'anthropic-messages');
  const request = ask.look();
  const [first, second, third] = request.messages;
  const content = third?.content.map((part) =>
    part.type === 'tool-result' ? { ...part, content: [{ type: 'text' as const, text: 'short' }] } : part,
  );
  if (!first || !second || !third || !content) throw new Error('The request was read otherwise.');
  const messages = [first, second, { ...third, content }];
  const changed = splicedAsk(ask, { ...request, messages }, [{ from: LONG, to: 'short' }]);
  expect(changed.origin?.bytes.toString()).toBe(json.replace(ESCAPED, '"short"'));
});
