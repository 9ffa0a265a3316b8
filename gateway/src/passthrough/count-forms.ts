import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import type { Ask, ChatRequest, DialectId, Origin } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { patched, shallow } from './fields.ts';

/** A question how long a conversation is, as its caller wrote it. */
export interface CountCall {
  readonly ask: Ask;
  /** The caller's own bytes, where they are no whole request of the wire. */
  readonly origin?: Origin;
}

/** How one wire asks how long a conversation is, and how it is answered. */
export interface CountForm {
  /** What the count is called. */
  readonly answer: string;
  /** The request to a provider that speaks this wire. As long as nobody has changed the conversation, its fields are the caller's own. */
  readonly body: (turn: Turn, call: CountCall, model: string) => Buffer;
}

/** The wires that can ask. */
const COUNT_FORMS: Readonly<Partial<Record<DialectId, CountForm>>> = {
  /** A message request without a bound. https://docs.anthropic.com/en/api/messages-count-tokens */
  'anthropic-messages': {
    answer: 'input_tokens',
    body: (turn, { origin }, model) => {
      if (turn.ask.origin && origin) return patched(origin, { model, cut: turn.ownFields });
      const { max_tokens: _, stream: __, ...body } = encoded('anthropic-messages', turn.ask.look(), model);
      return Buffer.from(JSON.stringify(body));
    },
  },
  /** A whole request, or its contents alone. https://ai.google.dev/api/tokens */
  'gemini-content': {
    answer: 'totalTokens',
    body: ({ ask }, _call, model) => {
      const said = ask.origin?.body ?? encoded('gemini-content', ask.look(), model);
      const { model: _, stream: __, ...fields } = said;
      const isBare = Object.keys(fields).every((field) => field === 'contents');
      const request = { model: model.includes('/') ? model : `models/${model}`, ...fields };
      return shallow(() => Buffer.from(JSON.stringify(isBare ? fields : { generateContentRequest: request })));
    },
  },
};

/** The form of a wire. Throws `operation.unsupported` where it has none. */
export function countForm(dialect: DialectId): CountForm {
  const form = COUNT_FORMS[dialect];
  if (!form) throw new GatewayError('operation.unsupported', `Tokens can’t be counted in ${dialect}.`);
  return form;
}

function encoded(dialect: DialectId, request: ChatRequest, model: string): Readonly<Record<string, unknown>> {
  const { bytes } = shallow(() => dialects[dialect].encodeRequest(request, model));
  return JSON.parse(bytes.toString('utf8')) as Readonly<Record<string, unknown>>;
}
