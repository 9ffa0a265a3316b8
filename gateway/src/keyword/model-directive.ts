/** A message that wants another model for itself. */
export interface ModelDirective {
  readonly model: string;
  /** The message without the directive. */
  readonly rest: string;
}

/** As long as a model's name may be in the settings. */
const DIRECTIVE = /^\s*\/model[ \t]+(?<model>\S{1,512})(?:\s|$)/;

/** Reads `/model NAME` at the very beginning of a message; `undefined` where there is none. */
export function modelDirectiveIn(text: string): ModelDirective | undefined {
  const head = DIRECTIVE.exec(text);
  const model = head?.groups?.['model'];
  return head && model !== undefined ? { model, rest: text.slice(head[0].length).trim() } : undefined;
}
