import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReplyEvent, Wire } from '../src/model/reply.ts';
import type { DialectId } from '../src/model/request.ts';

/** One request and what came of it, told in a text file. */
export interface LocalFixture {
  readonly name: string;
  /** The sentence on what is shown and where it comes from. */
  readonly story: string;
  readonly request: { readonly dialect: DialectId; readonly text: string };
  /** The events, one JSON object per line. */
  readonly understood: string;
}

/** The same with a provider behind HTTP: what it was sent and what it answered. */
export interface Fixture extends LocalFixture {
  /** What the provider is asked, and at which of its paths. */
  readonly sent: { readonly path: string; readonly text: string };
  readonly answered: { readonly form: Wire['form']; readonly text: string };
}

const FOLDER = fileURLToPath(new URL('../fixtures/', import.meta.url));
const HEADING = /^-- (request|sent|answered|understood)(?: (\S+))? --\n/m;

/**
 * Reads `fixtures/<provider>.<case>.txt`. It begins with a sentence that says where it comes from (recorded, documented
 * or constructed), and has four sections: `-- request DIALECT --`, `-- sent PATH --`, `-- answered json|sse --` and
 * `-- understood --`. `UPDATE=1 npm test` rewrites the last.
 */
export function fixturesOf(provider: string): Fixture[] {
  return toldOf(provider).map(({ section, ...told }) => {
    const [sent, answered] = [section('sent'), section('answered')];
    return {
      ...told,
      sent: { path: sent.argument, text: sent.text },
      answered: { form: answered.argument as Wire['form'], text: answered.text },
    };
  });
}

/** The fixtures of a provider inside the gateway; nothing is sent, so they have only `request` and `understood`. */
export function localFixturesOf(provider: string): LocalFixture[] {
  return toldOf(provider);
}

/** The names of all fixture files. */
export function fixtureNames(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
}

/** Writes what was understood into the file, when the tests were asked to with `UPDATE=1`. */
export function updateUnderstood({ name }: LocalFixture, lines: readonly string[]): void {
  const whole = readFileSync(FOLDER + name, 'utf8');
  const heading = '-- understood --\n';
  const kept = whole.slice(0, whole.indexOf(heading) + heading.length);
  writeFileSync(FOLDER + name, `${kept}${lines.map((line) => `${line}\n`).join('')}`);
}

/** One event as a line of a fixture. */
export function eventLine(event: ReplyEvent): string {
  if (event.type !== 'error') return JSON.stringify(event);
  const { code, message, details } = event.error;
  return JSON.stringify({ type: 'error', error: { code, message, details } });
}

type Section = (wanted: string) => { readonly argument: string; readonly text: string };

function toldOf(provider: string): (LocalFixture & { readonly section: Section })[] {
  const names = fixtureNames().filter((name) => name.startsWith(`${provider}.`));
  return names.map((name) => {
    const [story, ...parts] = readFileSync(FOLDER + name, 'utf8').split(HEADING);
    const section: Section = (wanted) => {
      const at = parts.findIndex((part, index) => index % 3 === 0 && part === wanted);
      if (at === -1) throw new Error(`fixtures/${name} has no "-- ${wanted} --" section.`);
      return { argument: parts[at + 1] ?? '', text: parts[at + 2] ?? '' };
    };
    const request = section('request');
    return {
      name,
      story: (story ?? '').trim(),
      request: { dialect: request.argument as DialectId, text: request.text },
      understood: section('understood').text,
      section,
    };
  });
}
