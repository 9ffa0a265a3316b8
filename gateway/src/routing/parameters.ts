import { cutPaths } from '../dialects/json-paths.ts';
import { dialects } from '../dialects/index.ts';
import { afterString, cutFields, type Edit, type FieldSpan, fieldSpans, spliced } from '../dialects/json-spans.ts';
import type { AskHead } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Endpoint, ParameterRule } from '../providers/contract.ts';
import type { Deployment } from './deployment.ts';

/** What the operator and the caller say about parameters of one target. */
export interface ParameterWishes {
  /** Never to be sent: names, or paths. */
  readonly dropped: readonly string[];
  /** To be sent, whatever is known of the target. */
  readonly allowed: ReadonlySet<string>;
}

/** Most targets are asked without any wish. */
const NO_WISHES: ParameterWishes = { dropped: [], allowed: new Set() };

/** What operator and caller say together. */
export function parameterWishes({ switches }: Turn, deployment: Deployment): ParameterWishes {
  const dropped = both(deployment.additionalDropParams, switches.additionalDropParams);
  const allowed = both(deployment.allowedOpenaiParams, switches.allowedOpenaiParams);
  return dropped.length + allowed.length === 0 ? NO_WISHES : { dropped, allowed: new Set(allowed) };
}

const both = (one: readonly string[] = [], other: readonly string[] = []): readonly string[] =>
  one.length + other.length === 0 ? [] : [...one, ...other];

/** A turn without what was to be dropped, and what that was. It is dropped in the caller's own words, so that paths mean what they say. */
export function withoutDropped(turn: Turn, { dropped }: ParameterWishes): { turn: Turn; found: readonly string[] } {
  if (dropped.length === 0) return { turn, found: [] };
  const bytes = ownBytes(turn);
  const cut = cutPaths(bytes, dropped.filter(mayGo));
  if (cut.found.length === 0) return { turn, found: [] };
  const own = cutPaths(cut.bytes, turn.ownFields).bytes;
  const body = JSON.parse(String(own)) as Readonly<Record<string, unknown>>;
  const ask = dialects[turn.dialect].readRequest({ dialect: turn.dialect, bytes: own, body });
  return { turn: { ...turn, ask, ownFields: [] }, found: cut.found };
}

/** Without these there is no question. */
const mayGo = (path: string): boolean => !['model', 'messages', 'prompt', 'contents', 'input', 'stream'].includes(path);

/** The request as its caller's dialect writes it. */
function ownBytes({ ask, dialect }: Turn): Buffer {
  return ask.origin?.bytes ?? arrived(dialects[dialect].encodeRequest(ask.look(), ask.head.model).bytes, ask.head);
}

/** A wire whose path says model and stream has both in its body once it has arrived. */
function arrived(bytes: Buffer, { model, stream }: AskHead): Buffer {
  const text = `"model":${JSON.stringify(model)},"stream":${stream},`;
  const start = bytes.indexOf('{') + 1;
  return fieldSpans(bytes)?.some(({ key }) => key === 'model') ? bytes : spliced(bytes, [{ start, end: start, text }]);
}

/** The rules that hold for one model, by any of its names. */
export function rulesOf({ lacks, rules }: Endpoint, ...names: readonly string[]): readonly ParameterRule[] {
  if (!lacks && !rules) return NO_RULES;
  const own = rules?.filter(({ models }) => !models || names.some((name) => models.test(name))) ?? NO_RULES;
  return lacks ? [{ lacks }, ...own] : own;
}

const NO_RULES: readonly ParameterRule[] = [];

/** Asks for usage in a stream. Usage is counted anyway, so a target that can't be asked takes nothing of the answer. */
export const USAGE_WISH = 'stream_options';

/** What goes out, and which fields it can't have because the target lacks them. */
export interface Fitted {
  readonly bytes: Buffer;
  readonly lacking: readonly Lacking[];
}

/** A field that a target doesn't take, or not as this value. */
export interface Lacking {
  readonly what: string;
  readonly takes?: readonly unknown[] | undefined;
}

/** Fits a written request to the rules of its target: fields get their other name, and those that it lacks are out. */
export function fitted(bytes: Buffer, rules: readonly ParameterRule[], { allowed }: ParameterWishes): Fitted {
  const spans = rules.length === 0 ? undefined : fieldSpans(bytes);
  if (!spans) return { bytes, lacking: [] };
  const fields = new Map(spans.map((span) => [span.key, span]));
  const valueOf = (field: string): unknown => valueAt(bytes, fields.get(field));
  const lacking = new Map<string, Lacking>();
  const renamed = new Map<string, string>();
  for (const rule of rules) {
    if (!holds(rule, valueOf)) continue;
    for (const one of lackingBy(rule, valueOf)) if (!allowed.has(one.what)) lacking.set(one.what, one);
    for (const [name, theirs] of Object.entries(rule.renames ?? {})) {
      if (valueOf(name) !== undefined) renamed.set(name, theirs);
    }
  }
  // Both names at once would say it twice.
  const isCut = ({ key }: FieldSpan) => lacking.has(key) || fields.has(renamed.get(key) ?? '');
  const names = spans.flatMap((span): Edit[] => {
    const theirs = isCut(span) ? undefined : renamed.get(span.key);
    if (theirs === undefined) return [];
    return [{ start: span.keyStart, end: afterString(bytes, span.keyStart), text: JSON.stringify(theirs) }];
  });
  return {
    bytes: spliced(bytes, [...cutFields(spans, isCut), ...names]),
    lacking: [...lacking.values()].filter(({ what }) => what !== USAGE_WISH),
  };
}

function holds({ beside }: ParameterRule, valueOf: (field: string) => unknown): boolean {
  if (!beside) return true;
  const value = valueOf(beside.field);
  return value !== undefined && value !== null && !beside.except?.includes(value);
}

function lackingBy({ lacks = [], only = {} }: ParameterRule, valueOf: (field: string) => unknown): readonly Lacking[] {
  const missing = lacks.filter((what) => isSaid(valueOf(what))).map((what) => ({ what }));
  const others = Object.entries(only).filter(
    ([what, takes]) => isSaid(valueOf(what)) && !takes.includes(valueOf(what)),
  );
  return [...missing, ...others.map(([what, takes]) => ({ what, takes }))];
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

function valueAt(bytes: Buffer, span: FieldSpan | undefined): unknown {
  return span && (JSON.parse(bytes.toString('utf8', span.valueStart, span.valueEnd)) as unknown);
}

/** Puts fields of the caller's into a written request as they stand in its own; one that is there already stays. */
export function withFields(bytes: Buffer, turn: Turn, names: readonly string[]): Buffer {
  const own = names.length === 0 ? undefined : ownBytes(turn);
  const given = (own && fieldSpans(own)?.filter(({ key }) => names.includes(key))) ?? [];
  const there = new Set(fieldSpans(bytes)?.map(({ key }) => key));
  const texts = given
    .filter(({ key }) => !there.has(key))
    .map((span) => own?.toString('utf8', span.keyStart, span.valueEnd));
  const start = bytes.indexOf('{') + 1;
  return spliced(bytes, texts.length === 0 ? [] : [{ start, end: start, text: `${texts.join()},` }]);
}
