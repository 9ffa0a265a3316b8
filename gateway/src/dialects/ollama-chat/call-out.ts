import { type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import type { Extra } from '../../model/request.ts';

/** A tool call whose input is complete. */
export interface Called {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly freeform?: boolean | undefined;
  readonly extra?: Extra | undefined;
}

/** Writes a tool call, of a question or of an answer. */
export function callOut({ id, name, input, freeform, extra }: Called): Fields {
  const own = ownFields(extra) ?? {};
  const inside = isFields(own['function']) ? own['function'] : {};
  const isNamed = spellingOf(extra)['id'] !== 'none';
  return present({
    ...own,
    id: isNamed ? id : undefined,
    function: { ...inside, name, arguments: argumentsOf(input, freeform) },
  });
}

/** A call’s arguments as the object that the wire demands, whatever the model wrote. */
function argumentsOf(input: string, freeform = false): Fields {
  if (freeform) return { input };
  return objectIn(input) ?? (input.trim() === '' ? {} : { input });
}

function objectIn(json: string): Fields | undefined {
  if (!json.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
