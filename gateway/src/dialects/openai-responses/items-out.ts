import type { Message, Part, ToolResultPart } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { contentPart } from './parts-out.ts';
import { TEXT_TYPES } from './parts-in.ts';

/** Writes the conversation as items; instructions that were apart stay apart. */
export function itemsOut(messages: readonly Message[], losses: Losses): readonly unknown[] {
  const freeform = new Set<string>();
  return messages.flatMap((message, index) => {
    if (isInstructions(message)) return [];
    const at = `messages[${index}]`;
    if (message.name !== undefined) losses.hint(`${at}.name`);
    losses.foreignPart(message.extra, at);
    for (const part of message.content) if (part.type === 'tool-call' && part.freeform) freeform.add(part.id);
    if (message.role === 'assistant') return new ModelItems(at, losses).of(message);
    return otherItems(message, { at, losses, freeform });
  });
}

/** Whether a message stands apart from the conversation. */
export function isInstructions({ extra }: Message): boolean {
  return spellingOf(extra)['place'] === 'instructions';
}

interface Place {
  readonly at: string;
  readonly losses: Losses;
  /** The calls that were made with free text. */
  readonly freeform: ReadonlySet<string>;
}

/** Other wires mix results into a user's words; here each result is an item of its own. */
function otherItems(message: Message, place: Place): readonly unknown[] {
  const { at, losses } = place;
  const results: unknown[] = [];
  const content: unknown[] = [];
  message.content.forEach((part, index) => {
    const where = `${at}.content[${index}]`;
    if (part.type === 'tool-result') results.push(resultItem(part, { ...place, at: where }));
    else content.push(contentPart(part, { at: where, losses, textType: TEXT_TYPES.others }));
  });
  if (message.role === 'tool' || (content.length === 0 && results.length > 0)) return results;
  const { type, content: form, item } = spellingOf(message.extra);
  const said = content.filter((part) => part !== undefined);
  const role = message.role;
  const own = isFields(item) ? item : {};
  return [...results, { ...own, ...present({ type }), role, content: textOrList(said, form === 'list') }];
}

/** One plain text is said as a string, unless the caller wrote a list. */
function textOrList(parts: readonly unknown[], isList: boolean): unknown {
  if (isList) return parts;
  const [only, second] = parts as readonly Fields[];
  if (only === undefined) return '';
  return second === undefined && 'text' in only && Object.keys(only).length === 2 ? only['text'] : parts;
}

function resultItem(part: ToolResultPart, { at, losses, freeform }: Place): Fields {
  const { type, item, output } = spellingOf(part.extra);
  if (part.isError) losses.hint(`${at}.is_error`);
  if (part.cacheHint) losses.hint('cache_control');
  losses.foreignPart(part.extra, at);
  const said = part.content.map((one, index) =>
    contentPart(one, { at: `${at}.content[${index}]`, losses, textType: TEXT_TYPES.others }),
  );
  const kind = freeform.has(part.callId) ? 'custom_tool_call_output' : 'function_call_output';
  return {
    ...(isFields(item) ? item : {}),
    type: type ?? kind,
    call_id: part.callId,
    output: textOrList(
      said.filter((one) => one !== undefined),
      output === 'list',
    ),
  };
}

/** What the model said and did in one message, put into its items again. */
class ModelItems {
  readonly #at: string;
  readonly #losses: Losses;
  readonly #items: unknown[] = [];
  #message: { readonly head: Fields; readonly isList: boolean; readonly content: unknown[] } | undefined;
  #reasoning: { readonly summary: Fields[]; readonly content: Fields[] } | undefined;

  constructor(at: string, losses: Losses) {
    this.#at = at;
    this.#losses = losses;
  }

  of({ content }: Message): readonly unknown[] {
    content.forEach((part, index) => this.#add(part, `${this.#at}.content[${index}]`));
    this.#closeMessage();
    return this.#items;
  }

  #add(part: Part, at: string): void {
    if (part.type === 'native' && part.dialect === DIALECT && spellingOf(part.extra)['whole'] === true) {
      this.#push(part.value);
    } else if (part.type === 'tool-call') this.#push(this.#call(part, at));
    else if (part.type === 'reasoning') this.#reason(part, at);
    else this.#say(part, at);
  }

  #push(item: unknown): void {
    this.#closeMessage();
    this.#reasoning = undefined;
    this.#items.push(item);
  }

  #call(part: Extract<Part, { type: 'tool-call' }>, at: string): Fields {
    const { id, name, input, freeform, extra } = part;
    this.#losses.foreignPart(extra, at);
    const { item } = spellingOf(extra);
    const head = { ...(isFields(item) ? item : {}), ...ownFields(extra) };
    if (freeform) return { ...head, type: 'custom_tool_call', call_id: id, name, input };
    return { ...head, type: 'function_call', call_id: id, name, arguments: input };
  }

  /** Only OpenAI's own reasoning is taken back; another wire's has a proof that is none here. */
  #reason(part: Extract<Part, { type: 'reasoning' }>, at: string): void {
    const { item, kind, content: hasContent } = spellingOf(part.extra);
    if (part.extra?.dialect !== DIALECT || part.signature !== undefined || part.redacted !== undefined) {
      this.#losses.hint(at);
      return;
    }
    if (isFields(item) || !this.#reasoning) {
      const lists = { summary: [], content: [] };
      const listed = kind === 'content' || hasContent === true ? lists : { summary: lists.summary };
      this.#push({ ...(isFields(item) ? item : {}), ...ownFields(part.extra), type: 'reasoning', ...listed });
      this.#reasoning = lists;
    }
    if (kind === 'none') return;
    if (kind === 'content') this.#reasoning?.content.push({ type: 'reasoning_text', text: part.text });
    else this.#reasoning?.summary.push({ type: 'summary_text', text: part.text });
  }

  #say(part: Part, at: string): void {
    // Other wires say an empty text where there is none.
    this.#reasoning = undefined;
    if (part.type === 'text' && part.text === '' && part.extra?.dialect !== DIALECT) return;
    const { item, form, typed, more } = spellingOf(part.extra);
    // Texts of other wires are a message each, since a list of them would need an id.
    if (more !== true || !this.#message) {
      this.#closeMessage();
      const head = { ...(isFields(item) ? item : {}), ...(typed === true ? { type: 'message' } : {}) };
      this.#message = { head, isList: isFields(item) && form !== 'string', content: [] };
    }
    const said = contentPart(part, { at, losses: this.#losses, textType: TEXT_TYPES.assistant });
    if (said !== undefined) this.#message.content.push(said);
  }

  #closeMessage(): void {
    const message = this.#message;
    this.#message = undefined;
    if (!message || message.content.length === 0) return;
    const { head, isList, content } = message;
    this.#items.push({ ...head, role: 'assistant', content: textOrList(content, isList) });
  }
}
