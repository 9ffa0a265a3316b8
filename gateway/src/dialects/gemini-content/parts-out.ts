import type { Message, Part, ToolCallPart, ToolResultPart } from '../../model/request.ts';
import { type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import { DIALECT } from './fields.ts';
import type { Losses } from './losses.ts';
import { mediaOut } from './media.ts';

/** What is the same for all parts of a request. */
export interface Writing {
  readonly losses: Losses;
  /** Whether the request came in this dialect. */
  readonly own: boolean;
  /** The names of the calls so far, since results need them. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether the model refuses calls in its own turns that lack a proof that they are its own. */
  readonly needsProof: boolean;
}

/** Said for a proof where the conversation comes from elsewhere. https://ai.google.dev/gemini-api/docs/thought-signatures */
export const NO_PROOF = 'skip_thought_signature_validator';

/** The names of all calls in a conversation, by id. */
export function callNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call') names.set(part.id, part.name);
  }
  return names;
}

/** Writes the parts of one message; those without anything to say, or without a word for it, are left out. */
export function partsOut(parts: readonly Part[], at: string, writing: Writing): readonly Fields[] {
  let isProven = !writing.needsProof;
  return parts.flatMap((part, index) => {
    const said = partOut(part, `${at}.content[${index}]`, writing);
    if (!said) return [];
    // The first of several calls at once carries the proof for all.
    const lacksProof = !isProven && part.type === 'tool-call' && said['thoughtSignature'] === undefined;
    if (part.type === 'tool-call') isProven = true;
    return [lacksProof ? { ...said, thoughtSignature: NO_PROOF } : said];
  });
}

function partOut(part: Part, at: string, writing: Writing): Fields | undefined {
  if (part.type === 'native') return part.dialect === DIALECT && isFields(part.value) ? part.value : lost(at, writing);
  const bare = barePart(part, at, writing);
  if (!bare) return undefined;
  writing.losses.foreign(part.extra, at);
  const own = ownFields(part.extra);
  if (!own) return bare;
  const { functionResponse, ...beside } = own;
  if (!isFields(functionResponse)) return { ...beside, ...bare };
  const response = isFields(bare['functionResponse']) ? bare['functionResponse'] : {};
  return { ...beside, functionResponse: { ...functionResponse, ...response } };
}

function lost(at: string, { losses }: Writing): undefined {
  losses.parameter(at);
  return undefined;
}

function barePart(part: Exclude<Part, { type: 'native' }>, at: string, writing: Writing): Fields | undefined {
  switch (part.type) {
    case 'text':
      if (part.citations && part.citations.length > 0) writing.losses.hint(`${at}.citations`);
      return part.text === '' && !writing.own ? undefined : { text: part.text };
    case 'refusal':
      return { text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.losses.hint(`${at}.image_url.detail`);
      return mediaOut(part, spellingOf(part.extra)) ?? lost(at, writing);
    case 'file':
      if (part.context !== undefined) writing.losses.hint(`${at}.context`);
      if (part.citable) writing.losses.hint(`${at}.citations`);
      return mediaOut(part, spellingOf(part.extra)) ?? lost(at, writing);
    case 'audio':
      return mediaOut(part, spellingOf(part.extra)) ?? lost(at, writing);
    case 'tool-call':
      return callOut(part);
    case 'tool-result':
      return resultOut(part, at, writing);
    case 'reasoning':
      if (writing.own) return reasoningOut(part);
      // Other models' thoughts are nothing that this wire can prove, and it needs none to go on.
      writing.losses.hint(at);
      return undefined;
  }
}

function reasoningOut({ text, signature, extra }: Extract<Part, { type: 'reasoning' }>): Fields {
  const isSaid = spellingOf(extra)['text'] !== 'none';
  return present({ text: isSaid ? text : undefined, thought: true, thoughtSignature: signature });
}

function callOut({ id, name, input, freeform, extra }: ToolCallPart): Fields {
  const spelling = spellingOf(extra);
  return {
    functionCall: present({
      id: spelling['id'] === 'none' ? undefined : id,
      name,
      args: spelling['args'] === 'none' && input === '{}' ? undefined : argumentsOf(input, freeform),
    }),
  };
}

/** A call's arguments as the object that the wire demands, whatever the model wrote. */
export function argumentsOf(input: string, freeform = false): Fields {
  if (freeform) return { input };
  return objectIn(input) ?? (input.trim() === '' ? {} : { input });
}

function resultOut(part: ToolResultPart, at: string, writing: Writing): Fields {
  const { callId, content, isError, extra } = part;
  const spelling = spellingOf(extra);
  const texts = content.flatMap((one) => (one.type === 'text' ? one.text : []));
  const others = content.filter(({ type }) => type !== 'text');
  const media = partsOut(others, at, { ...writing, needsProof: false });
  return {
    functionResponse: present({
      id: spelling['id'] === 'none' ? undefined : callId,
      name: spelling['name'] ?? writing.names.get(callId) ?? callId,
      response: responseOut(texts.join('\n'), isError, spelling['response']),
      parts: media.length > 0 ? media : undefined,
    }),
  };
}

function responseOut(text: string, isError: boolean | undefined, form: unknown): Fields | undefined {
  if (form === 'none' && text === '') return undefined;
  const object = form === 'output' || form === 'error' ? undefined : objectIn(text);
  if (object && !isError) return object;
  return isError ? { error: text } : { output: text };
}

function objectIn(json: string): Fields | undefined {
  if (!json.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
