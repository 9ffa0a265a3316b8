import type { ChatRequest, Extra, Message, OutputFormat, Part, Tool } from '../model/request.ts';

/** Where in a request a text stands. */
export interface Place {
  readonly role: Message['role'] | 'tools' | 'settings';
  /** `json` texts are JSON, so what is put into them must be escaped. */
  readonly form: 'text' | 'json';
  /** A provider has signed the text; it may only be given back as it was said. */
  readonly signed: boolean;
}

/** Looks at a text, and gives it back or another one instead. */
export type TextChange = (text: string, place: Place) => string;

/**
 * Leads every text of a request past a function: tools first, as models read them, then the messages in order, then
 * everything else. What stays the same stays the same object. Left out are ids, names of models and tools, encrypted
 * reasoning, and media: a picture's address or bytes are no text.
 */
export function mapTexts(request: ChatRequest, change: TextChange): ChatRequest {
  const settings = new Texts(change, 'settings');
  const tools = request.tools && mapped(request.tools, (tool) => toolTexts(tool, new Texts(change, 'tools')));
  const messages = mapped(request.messages, (message) => messageTexts(message, new Texts(change, message.role)));
  return replaced(request, {
    ...(tools ? { tools } : {}),
    messages,
    ...(request.output ? { output: outputTexts(request.output, settings) } : {}),
    ...(request.stop ? { stop: mapped(request.stop, (text) => settings.text(text)) } : {}),
    ...(request.endUser === undefined ? {} : { endUser: settings.text(request.endUser) }),
    ...extraTexts(request.extra, settings),
  });
}

/** Leads texts of one role past a function. */
class Texts {
  readonly #change: TextChange;
  readonly #role: Place['role'];

  constructor(change: TextChange, role: Place['role']) {
    this.#change = change;
    this.#role = role;
  }

  /** The same for texts of somebody else. */
  of(role: Place['role']): Texts {
    return new Texts(this.#change, role);
  }

  text(text: string, signed = false): string {
    return text === '' ? text : this.#change(text, { role: this.#role, form: 'text', signed });
  }

  json(text: string): string {
    return text === '' ? text : this.#change(text, { role: this.#role, form: 'json', signed: false });
  }

  /** A parsed value, by way of its JSON text. */
  value<T>(value: T): T {
    const text = JSON.stringify(value);
    if (text === undefined || text === '{}' || text === '[]') return value;
    const changed = this.json(text);
    return changed === text ? value : (JSON.parse(changed) as T);
  }
}

function messageTexts(message: Message, texts: Texts): Message {
  return replaced(message, {
    content: mapped(message.content, (part) => partTexts(part, texts)),
    ...(message.name === undefined ? {} : { name: texts.text(message.name) }),
    ...extraTexts(message.extra, texts),
  });
}

function partTexts(part: Part, texts: Texts): Part {
  const extra = extraTexts(part.extra, texts);
  switch (part.type) {
    case 'text':
      return replaced(part, {
        text: texts.text(part.text),
        ...(part.citations ? { citations: texts.value(part.citations) } : {}),
        ...extra,
      });
    case 'refusal':
      return replaced(part, { text: texts.text(part.text), ...extra });
    case 'reasoning':
      return replaced(part, { text: texts.text(part.text, part.signature !== undefined), ...extra });
    case 'tool-call':
      return replaced(part, { input: part.freeform ? texts.text(part.input) : texts.json(part.input), ...extra });
    case 'tool-result':
      // Some dialects let the user's messages hold what tools say.
      return replaced(part, { content: mapped(part.content, (inner) => partTexts(inner, texts.of('tool'))), ...extra });
    case 'file':
      return replaced(part, {
        source:
          part.source.kind === 'text' ? replaced(part.source, { text: texts.text(part.source.text) }) : part.source,
        ...(part.name === undefined ? {} : { name: texts.text(part.name) }),
        ...(part.context === undefined ? {} : { context: texts.text(part.context) }),
        ...extra,
      });
    case 'native':
      return replaced(part, { value: texts.value(part.value), ...extra });
    case 'image':
    case 'audio':
      return replaced(part, extra);
  }
}

function toolTexts(tool: Tool, texts: Texts): Tool {
  if (tool.type === 'native') return replaced(tool, { value: texts.value(tool.value) });
  return replaced(tool, {
    ...(tool.description === undefined ? {} : { description: texts.text(tool.description) }),
    ...(tool.parameters ? { parameters: texts.value(tool.parameters) } : {}),
    ...extraTexts(tool.extra, texts),
  });
}

function outputTexts(output: OutputFormat, texts: Texts): OutputFormat {
  if (output.type !== 'json-schema') return output;
  return replaced(output, {
    ...(output.description === undefined ? {} : { description: texts.text(output.description) }),
    schema: texts.value(output.schema),
  });
}

function extraTexts(extra: Extra | undefined, texts: Texts): { readonly extra?: Extra } {
  return extra ? { extra: replaced(extra, { fields: texts.value(extra.fields) }) } : {};
}

function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.some((item, at) => item !== items[at]) ? changed : items;
}

/** The object with these fields, or the very object when they are its own. */
function replaced<T extends object>(object: T, fields: Partial<T>): T {
  const isSame = (Object.keys(fields) as (keyof T)[]).every((key) => fields[key] === object[key]);
  return isSame ? object : { ...object, ...fields };
}
