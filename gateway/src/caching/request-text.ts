import type { ChatRequest, Extra, Message, Part, Tool } from '../model/request.ts';
import { CanonicalText, type Fields } from './canonical-text.ts';

/** How a field is written that isn't written as it is; a field that is to be left out has `undefined`. */
type Own = Readonly<Record<string, ((value: never) => void) | undefined>>;

/** Fields in the order they are written in; others follow, sorted. Most objects have no others, and need no sorting. */
const MESSAGE = ['role', 'content', 'name', 'extra'];
const PART = ['type', 'text', 'cacheHint', 'extra'];
const NO_ORDER: readonly string[] = [];

/**
 * Writes a request as far as it can change the answer. Only what is named here is left out, so that a field added to the
 * model separates requests until somebody says otherwise.
 */
export class RequestText extends CanonicalText {
  request(request: ChatRequest): void {
    this.#modelled(request, NO_ORDER, this.#inRequest);
  }

  readonly #part = (part: Part): void => this.#modelled(part, PART, this.#inPart);
  readonly #parts = (parts: readonly Part[]): void => this.list(parts, this.#part);
  readonly #message = (message: Message): void => this.#modelled(message, MESSAGE, this.#inMessage);
  readonly #tool = (tool: Tool): void =>
    tool.type === 'native' ? this.value(tool) : this.#modelled(tool, NO_ORDER, this.#inTool);
  readonly #extra = (extra: Extra): void => this.#modelled(extra, NO_ORDER, IN_EXTRA);

  readonly #inTool: Own = { cacheHint: undefined, extra: this.#extra };
  readonly #inPart: Own = { cacheHint: undefined, extra: this.#extra, content: this.#parts };
  readonly #inMessage: Own = { content: this.#parts, extra: this.#extra };
  readonly #inRequest: Own = {
    stream: undefined,
    usageWanted: undefined,
    messages: (messages: readonly Message[]): void => this.list(messages, this.#message),
    tools: (tools: readonly Tool[]): void => this.list(tools, this.#tool),
    extra: this.#extra,
  };

  #modelled(of: object, order: readonly string[], own: Own): void {
    const fields = of as Fields;
    const names = Object.keys(fields);
    this.open();
    for (const name of order) this.#field(name, fields[name], own);
    const others = names.length > 0 ? names.filter((name) => !order.includes(name)) : names;
    for (const name of others.length > 1 ? others.sort() : others) this.#field(name, fields[name], own);
    this.close();
  }

  #field(name: string, value: unknown, own: Own): void {
    if (value === undefined || (name === 'extra' && isEmpty(value as Extra))) return;
    if (!Object.hasOwn(own, name)) {
      this.words(name);
      this.value(value);
      return;
    }
    const write = own[name];
    if (!write) return;
    this.words(name);
    write(value as never);
  }
}

/** Spelling holds forms, never texts. */
const IN_EXTRA: Own = { spelling: undefined };

/** It says only in which dialect the request came. */
function isEmpty({ fields }: Extra): boolean {
  for (const _ in fields) return false;
  return true;
}
