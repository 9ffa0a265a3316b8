import { withPathFields } from '../dialects/path-fields.ts';
import { refusedField } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { RequestHeaders } from '../model/turn.ts';
import { type Call, callOf, jsonObject } from './ingress.ts';

/** What the path says in wires whose body doesn't. */
export interface SaidByPath {
  readonly dialect: DialectId;
  readonly model: string;
  readonly stream: boolean;
}

/** Reads a body whose model stands in the path, and whether to stream. Throws `request.invalid`. */
export function callByPath(bytes: Buffer, { dialect, ...said }: SaidByPath, headers: RequestHeaders): Call {
  const own = jsonObject(bytes);
  for (const name of ['model', 'stream'])
    if (name in own) throw refusedField(name, 'is said by the path, and has no place in the body');
  const whole = withPathFields(bytes, { ...said }, Object.keys(own).length === 0);
  return callOf({ dialect, bytes: whole, body: { ...said, ...own } }, headers);
}
