import fc from 'fast-check';
import type { DialectId, Origin } from '../src/model/request.ts';

/** The least that a dialect takes for a request. */
const LEAST: Readonly<Record<DialectId, Readonly<Record<string, unknown>>>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi, "model":"x"' }] },
  'openai-completions': { model: 'm', prompt: 'Once "model":"x"' },
  'anthropic-messages': { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'Hi, "model":"x"' }] },
  'bedrock-converse': { model: 'm', messages: [{ role: 'user', content: [{ text: 'Hi, "model":"x"' }] }] },
  'cohere-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi, "model":"x"' }] },
  'ollama-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi, "model":"x"' }] },
  'gemini-content': { model: 'm', contents: [{ role: 'user', parts: [{ text: 'Hi, "model":"x"' }] }] },
  'openai-responses': { model: 'm', input: [{ role: 'user', content: 'Hi, "model":"x"' }] },
};

/** Wires whose path says model and stream: there they stand in no body that a provider is sent. */
const SAID_IN_PATH: ReadonlySet<DialectId> = new Set(['gemini-content', 'bedrock-converse']);

/** What a body says when it is sent for a model, by what it said before. */
export function sentBody(
  dialect: DialectId,
  body: Readonly<Record<string, unknown>>,
  model: string,
): Readonly<Record<string, unknown>> {
  if (!SAID_IN_PATH.has(dialect)) return { ...body, model };
  const { model: _model, stream: _stream, ...rest } = body;
  return rest;
}

/** Wires that say usage in a stream whether it was asked for or not. */
export const ALWAYS_SAYS_USAGE: ReadonlySet<DialectId> = new Set([
  'anthropic-messages',
  'gemini-content',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
  'openai-responses',
]);

/** Wires whose replies don't say which model made them. */
export const SAYS_NO_MODEL: ReadonlySet<DialectId> = new Set(['bedrock-converse', 'cohere-chat']);

/** Where a setting stands that most wires have at the top. */
export function settingAt(dialect: DialectId, name: string): string {
  if (name !== 'temperature') return name;
  if (dialect === 'gemini-content') return `generationConfig.${name}`;
  if (dialect === 'ollama-chat') return `options.${name}`;
  return dialect === 'bedrock-converse' ? `inferenceConfig.${name}` : name;
}

/** Whether a request asks for a stream. Ollama streams unless it is told not to. */
export function isStreamed({ dialect, body }: Origin): boolean {
  return dialect === 'ollama-chat' ? body['stream'] !== false : body['stream'] === true;
}

/** Fields that no dialect knows, under names that no request says. */
const unknownFields = fc.dictionary(
  fc.stringMatching(/^x_[a-zé]{1,4}$/),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ model: 'inner', stream: true })),
  { maxKeys: 4, noNullPrototype: true },
);

/** Requests with fields in any order, white space anywhere between them, and fields that the dialect has no word for. */
export function requestsFor(dialect: DialectId): fc.Arbitrary<Origin> {
  return fc
    .record({
      unknown: unknownFields,
      stream: fc.constantFrom({}, { stream: false }, { stream: true }),
      space: fc.constantFrom('', ' ', '\n  ', '\r\n\t'),
      order: fc.infiniteStream(fc.nat(1000)),
    })
    .map(({ unknown, stream, space, order }) => {
      const fields = Object.entries({ ...unknown, ...stream, ...LEAST[dialect] })
        .map((field) => ({ field, at: order.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ field: [name, value] }) => `${JSON.stringify(name)}${space}:${JSON.stringify(value)}${space}`);
      return originOf(dialect, `${space}{${space}${fields.join(`,${space}`)}}${space}`);
    });
}

/** A request as it came in. */
export function originOf(dialect: DialectId, text: string): Origin {
  return { dialect, bytes: Buffer.from(text), body: JSON.parse(text) as Record<string, unknown> };
}

/** The least request of a dialect, with other fields. */
export function requestWith(dialect: DialectId, fields: Readonly<Record<string, unknown>>): Origin {
  const placed = Object.entries(fields).map(([name, value]): [string, unknown] => {
    const [first = name, second] = settingAt(dialect, name).split('.');
    return [first, second === undefined ? value : { [second]: value }];
  });
  return originOf(dialect, JSON.stringify({ ...LEAST[dialect], ...Object.fromEntries(placed) }));
}
