/** How an embedding is written: numbers, or their four bytes each in base64. */
export type VectorForm = 'float' | 'base64';

/** An embedding as a provider wrote it. */
export type Vector = readonly number[] | string;

const FLOAT_BYTES = 4;

/** A provider's embedding, if it is one. */
export function vectorIn(value: unknown): Vector | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'number') ? (value as number[]) : undefined;
}

/** The same in the form that was asked for; one that has it already stays as it is. */
export function vectorOut(vector: Vector, form: VectorForm): Vector {
  if (typeof vector === 'string') return form === 'base64' ? vector : floats(vector);
  return form === 'float' ? vector : base64(vector);
}

function base64(numbers: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(numbers.length * FLOAT_BYTES);
  for (const [at, number] of numbers.entries()) bytes.writeFloatLE(number, at * FLOAT_BYTES);
  return bytes.toString('base64');
}

function floats(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, at) => bytes.readFloatLE(at * FLOAT_BYTES));
}
