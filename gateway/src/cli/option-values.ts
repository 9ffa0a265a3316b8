import { InvalidArgumentError } from 'commander';

/** What a key may be. */
export const ROLES = ['basic', 'premium', 'admin'];

/** Reads a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Reads a number from 0 to 1. */
export function share(text: string): number {
  if (!/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(text)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return Number(text);
}

/** Reads a whole number from 1 to `most`. */
export function upTo(most: number): (text: string) => number {
  return (text) => {
    const number = wholeNumber(text);
    if (number < 1 || number > most) throw new InvalidArgumentError(`It must be from 1 to ${most}.`);
    return number;
  };
}

/** Reads a whole number from 1 on. */
export function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Reads a number that is not below 0. */
export function number(text: string): number {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})$/.test(text)) throw new InvalidArgumentError('It must be a number.');
  return Number(text);
}

/** Reads names that commas divide. */
export function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Reads a JSON object. */
export function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new InvalidArgumentError('It must be a JSON object, like \'{"team": "search"}\'.');
}

/** Fields that were said. */
export function defined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
