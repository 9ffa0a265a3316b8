import { cutFields, type Edit, elementSpans, type FieldSpan, fieldSpans, spliced } from './json-spans.ts';

/** A field by its name, or an element by its place; an element without a place is any. */
type Step = { readonly field: string } | { readonly element: number | undefined };

/** What is still to be walked of a path, and the path it is from. */
interface Walk {
  readonly path: string;
  readonly steps: readonly Step[];
}

/** Bytes without what some paths lead to, and which of the paths led to something. */
export interface CutPaths {
  readonly bytes: Buffer;
  readonly found: readonly string[];
}

/**
 * Takes out of a JSON object what paths lead to (`a.b`, `list[0].x`, `tools[*].input_examples`); every other byte stays.
 * A path that leads nowhere takes out nothing.
 */
export function cutPaths(bytes: Buffer, paths: readonly string[]): CutPaths {
  const walks = paths.map((path): Walk => ({ path, steps: stepsOf(path) }));
  const found = new Set<string>();
  const edits = editsWithin(bytes, { start: 0, end: bytes.length }, walks, found);
  return { bytes: spliced(bytes, edits), found: [...found] };
}

/** Longest way into a request that is walked. */
const STEPS_MAX = 32;

function stepsOf(path: string): readonly Step[] {
  const steps = path.match(/[^.[\]]+|\[[^[\]]*\]/g) ?? [];
  return steps.slice(0, STEPS_MAX).map((step): Step => {
    if (!step.startsWith('[')) return { field: step };
    const place = step.slice(1, -1);
    return place === '*' ? { element: undefined } : { element: Number(place) };
  });
}

function editsWithin(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  walks: readonly Walk[],
  found: Set<string>,
): Edit[] {
  const fields = fieldSpans(bytes, start, end);
  const spans = fields ?? elementSpans(bytes, start, end) ?? [];
  const leads = ({ steps: [step] }: Walk, span: FieldSpan) =>
    step !== undefined && isAt(step, span, fields !== undefined);
  const isCut = (span: FieldSpan): boolean => {
    const ending = walks.filter((walk) => walk.steps.length === 1 && leads(walk, span));
    for (const { path } of ending) found.add(path);
    return ending.length > 0;
  };
  const cut = new Set(spans.filter(isCut));
  const deeper = spans.flatMap((span) => {
    if (cut.has(span)) return [];
    const further = walks.filter((walk) => walk.steps.length > 1 && leads(walk, span));
    if (further.length === 0) return [];
    const rest = further.map(({ path, steps }): Walk => ({ path, steps: steps.slice(1) }));
    return editsWithin(bytes, { start: span.valueStart, end: span.valueEnd }, rest, found);
  });
  return [...cutFields(spans, (span) => cut.has(span)), ...deeper];
}

function isAt(step: Step, { key }: FieldSpan, isField: boolean): boolean {
  if ('field' in step) return isField && step.field === key;
  return !isField && (step.element === undefined || String(step.element) === key);
}
