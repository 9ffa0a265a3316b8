import { refusedField } from '../model/error.ts';
import type { OperationLimits } from './contract.ts';
import type { ReadForm } from './form-body.ts';
import { pictureForms, type RelayUnits } from './relay-units.ts';

type Form = Pick<ReadForm, 'isHeld' | 'bytes' | 'fields'>;

/** What a form takes that asks for pictures. Throws `request.invalid`. */
export function picturesOf({ isHeld, fields }: Form, { imagesMax }: OperationLimits): RelayUnits {
  const asked = (): number | undefined => {
    const field = fields.get('n');
    return field && countIn(field.value);
  };
  const forms = (): readonly string[] => pictureForms(fields.get('size')?.value, fields.get('quality')?.value);
  const pictures = asked() ?? (isHeld ? 1 : imagesMax);
  return {
    // What a long form hasn't said yet may be anything.
    most: { pictures, ...(isHeld ? { pictureForms: forms() } : {}) },
    pictures: () => ({ count: asked() ?? 1, forms: forms() }),
  };
}

/** What a form takes that asks what is said in a sound: as long as its bytes can be, until the provider says how long it was. */
export function soundOf({ bytes }: Form, { mediaBytesMax, soundBytesPerSecondMin }: OperationLimits): RelayUnits {
  return { most: { seconds: (bytes ?? mediaBytesMax) / soundBytesPerSecondMin } };
}

function countIn(text: string): number {
  const count = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : 0;
  if (count < 1) throw refusedField('n', 'must be a whole number from 1 on');
  return count;
}
