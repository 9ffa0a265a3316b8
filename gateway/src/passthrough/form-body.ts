import { MODEL_NAME_CHARS_MAX } from '../dialects/request-spans.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { BodyStream } from '../model/upstream.ts';
import { boundaryIn, type FormField, MultipartScan } from './multipart-scan.ts';

/** How much of a form is held. */
export interface FormLimits {
  /** Forms up to this length are held whole, so that they can be sent again. */
  readonly heldBytesMax: number;
  /** So much is held at most while nobody has said the model. */
  readonly modelWithinBytesMax: number;
}

/** A form as it comes in. */
export interface ArrivingForm {
  readonly contentType: string | undefined;
  /** How long the whole of it is, where the caller said so. */
  readonly bytes: number | undefined;
  readonly pieces: AsyncIterable<Buffer>;
  /** The model, where it stands outside of the form. */
  readonly model: string | undefined;
  /** The model where nobody says any; absent where one must be said. */
  readonly usualModel: string | undefined;
}

/** What a provider is sent: the whole, or the beginning and the rest as it comes. */
export type FormOut = { readonly body: Buffer } | { readonly body: undefined; readonly stream: BodyStream };

/** A form whose model is known. */
export interface ReadForm {
  readonly model: string;
  /** Whether it can be sent more than once. */
  readonly isHeld: boolean;
  /** How long it is, where that is known. */
  readonly bytes: number | undefined;
  /** Those that have gone by. */
  readonly fields: ReadonlyMap<string, FormField>;
  /** The form with the provider's name for the model. */
  readonly out: (model: string) => FormOut;
}

/** Reads a form until its model is known and, if it is short, to its end. Throws `request.invalid` and what its pieces throw. */
export async function readForm(form: ArrivingForm, limits: FormLimits): Promise<ReadForm> {
  const boundary = boundaryIn(form.contentType);
  const scan = new MultipartScan(boundary, ['model', 'n']);
  const iterator = form.pieces[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let size = 0;
  let isOver = false;
  const isEnough = (): boolean => {
    const isKnown = form.model !== undefined || scan.fields.has('model');
    if (!isKnown && size > limits.modelWithinBytesMax) throw tooLate(limits.modelWithinBytesMax);
    return isKnown && size > limits.heldBytesMax;
  };
  while (!isOver && !isEnough()) {
    const { done, value } = await iterator.next();
    isOver = done === true;
    if (done) scan.end();
    else {
      scan.push(value);
      held.push(value);
      size += value.length;
    }
  }
  const beginning = Buffer.concat(held);
  const field = scan.fields.get('model');
  if (field && form.model !== undefined) throw refusedField('model', 'stands in the query and in the form');
  const model = modelOf(form.model ?? field?.value ?? form.usualModel);
  const patch = (name: string): Buffer => patched(beginning, { field, boundary }, name);
  return {
    model,
    isHeld: isOver,
    bytes: isOver ? size : form.bytes,
    fields: scan.fields,
    out: (name) => {
      const body = patch(name);
      if (isOver) return { body };
      const bytes = form.bytes === undefined ? undefined : form.bytes + body.length - beginning.length;
      const { model: said } = form;
      return { body: undefined, stream: { bytes, pieces: rest(body, iterator, { scan, isSaid: said !== undefined }) } };
    },
  };
}

function modelOf(model: string | undefined): string {
  const fits = model !== undefined && model !== '' && model.length <= MODEL_NAME_CHARS_MAX;
  if (!fits) throw refusedField('model', `must be the name of a model, of at most ${MODEL_NAME_CHARS_MAX} characters`);
  return model;
}

function tooLate(bytes: number): GatewayError {
  return new GatewayError(
    'request.invalid',
    `The form says no model in its first ${bytes} bytes (operations.modelWithinBytesMax). Say it before the file, or in the query: ?model=NAME.`,
    { param: 'model' },
  );
}

interface Known {
  readonly field: FormField | undefined;
  readonly boundary: string;
}

function patched(beginning: Buffer, { field, boundary }: Known, model: string): Buffer {
  if (!field) {
    const part = `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`;
    return Buffer.concat([Buffer.from(part), beginning]);
  }
  if (field.value === model) return beginning;
  return Buffer.concat([beginning.subarray(0, field.start), Buffer.from(model), beginning.subarray(field.end)]);
}

/** The beginning, and behind it what still comes, looked at on its way: a second model in it would be asked unseen. */
async function* rest(
  beginning: Buffer,
  iterator: AsyncIterator<Buffer>,
  { scan, isSaid }: { readonly scan: MultipartScan; readonly isSaid: boolean },
): AsyncGenerator<Buffer> {
  try {
    yield beginning;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) break;
      scan.push(value);
      if (isSaid && scan.fields.has('model')) throw refusedField('model', 'stands in the query and in the form');
      yield value;
    }
    scan.end();
  } finally {
    await iterator.return?.();
  }
}
