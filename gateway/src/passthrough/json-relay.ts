import { requestSpans } from '../dialects/request-spans.ts';
import type { JsonObject } from '../dialects/json-object.ts';
import { refusedField } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Ask, Origin } from '../model/request.ts';
import { countIn, modelIn, patched, written } from './fields.ts';
import { charactersOf, pictureForms, type RelayUnits } from './relay-units.ts';
import { relayAsk, type RelayCall } from './relay-desk.ts';

/** An operation that is asked for in JSON and passed on. */
export interface JsonRelay {
  readonly id: OperationId;
  /** Fields that hold what the caller says in words. */
  readonly texts: readonly string[];
  /** The model where the caller names none. */
  readonly usualModel?: string;
  /** What is paid for besides tokens. Throws `request.invalid`. */
  readonly units: (body: JsonObject) => RelayUnits;
}

/** `POST /v1/images/generations`: https://platform.openai.com/docs/api-reference/images/create */
export const imageGenerations: JsonRelay = {
  id: 'image-generations',
  texts: ['prompt'],
  usualModel: 'dall-e-2',
  units: pictures,
};
/** `POST /v1/images/edits` where the pictures come in JSON. */
export const imageEdits: JsonRelay = { id: 'image-edits', texts: ['prompt'], units: pictures };
/** `POST /v1/audio/speech`: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const speech: JsonRelay = { id: 'speech', texts: ['input', 'instructions'], units: characters };

function pictures(body: JsonObject): RelayUnits {
  const count = countIn(body, 'n') ?? 1;
  const forms = pictureForms(body['size'], body['quality']);
  return { most: { pictures: count, pictureForms: forms }, pictures: () => ({ count, forms }) };
}

function characters({ input }: JsonObject): RelayUnits {
  if (typeof input !== 'string') return { most: {} };
  // The text that is spoken is the first of those that are said.
  return { most: { characters: charactersOf(input) }, known: ([text = '']) => ({ characters: charactersOf(text) }) };
}

/** Checks a request as far as that matters here; the rest is the provider's business. Throws `request.invalid`. */
export function readJsonRelay(
  { texts: names, usualModel, units }: JsonRelay,
  origin: Origin,
  ownFields: readonly string[],
): { readonly ask: Ask; readonly call: RelayCall } {
  requestSpans(origin); // refuses fields that stand twice
  const { body } = origin;
  const model = modelIn(body, usualModel);
  const said = names.filter((name) => body[name] !== undefined && body[name] !== null);
  const texts = said.map((name) => {
    const text = body[name];
    if (typeof text !== 'string') throw refusedField(name, 'must be a text');
    return text;
  });
  return {
    ask: relayAsk({ model, stream: body['stream'] === true || body['stream_format'] === 'sse', texts }),
    call: {
      units: units(body),
      bodyFor: ({ deployment }, now) => {
        const to = { model: deployment.model, cut: ownFields };
        const isSame = texts.every((text, at) => text === now[at]);
        const changed = Object.fromEntries(said.map((name, at) => [name, now[at]]));
        return { body: isSame ? patched(origin, to) : written(origin, to, changed), contentType: 'application/json' };
      },
    },
  };
}
