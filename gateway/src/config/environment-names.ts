import { z } from 'zod';
import { peel, type Schema } from './settings.ts';

/** Environment names and their values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What every environment name of a setting begins with. */
export const PREFIX = 'SYNTHLANG__';

/** `server.bodyBytesMax` → `SYNTHLANG__SERVER__BODY_BYTES_MAX`. */
export function environmentName(path: readonly string[]): string {
  return PREFIX + path.map((part) => part.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('__');
}

/** `SYNTHLANG__SERVER__BODY_BYTES_MAX` → `server.bodyBytesMax`, as a path. */
export function settingOf(name: string): readonly string[] {
  const parts = name.slice(PREFIX.length).split('__');
  return parts.map((part) => part.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** What a text means, or what is wrong with it. */
export type Meaning = { readonly value: unknown } | { readonly wrong: string };

/** Reads a text from the environment or the command line as the schema wants it. Lists and mappings are JSON. */
export function meaningOf(text: string, schema: Schema): Meaning {
  const { core } = peel(schema);
  if (core instanceof z.ZodNumber) return numberOf(text);
  if (core instanceof z.ZodBoolean) return truthOf(text);
  if (core instanceof z.ZodArray || core instanceof z.ZodRecord) return jsonOf(text);
  return { value: text };
}

/** Reads a number written in digits; nothing else that JavaScript might take for one. */
export function numberOf(text: string): Meaning {
  const digits = text.trim();
  return /^[+-]?\d+(\.\d+)?$/.test(digits) ? { value: Number(digits) } : { wrong: 'must be a number' };
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  yes: true,
  on: true,
  0: false,
  false: false,
  no: false,
  off: false,
};

/** Reads yes or no in any of the ways that are in use; what is neither is a mistake, not a no. */
export function truthOf(text: string): { readonly value: boolean } | { readonly wrong: string } {
  const word = text.trim().toLowerCase();
  const value = Object.hasOwn(TRUTHS, word) ? TRUTHS[word] : undefined;
  return value === undefined ? { wrong: 'must be 1/0, true/false, yes/no or on/off' } : { value };
}

function jsonOf(text: string): Meaning {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { wrong: 'must be JSON' };
  }
}
