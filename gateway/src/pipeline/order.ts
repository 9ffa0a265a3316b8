import type { Stage } from '../stages/contract.ts';

/** The stations there are. */
export interface Stations {
  readonly guard: Stage;
  readonly chooseModel: Stage | undefined;
  readonly maskPii: Stage;
  readonly keywordTools: Stage;
  readonly mockResponse: Stage;
}

/** The stations a chat turn passes, in this order. One that is off is left out, and one that doesn’t want a turn costs it nothing. */
export function order({ guard, chooseModel, maskPii, keywordTools, mockResponse }: Stations): readonly Stage[] {
  return [
    guard, // first: it judges what the caller said, and, as the last on the way back, what the caller will hear
    ...(chooseModel ? [chooseModel] : []), // whatever depends on the model must see the one that is asked
    maskPii, // nothing behind it sees private data, whatever is added there
    keywordTools, // before whatever is about the model's answer: a tool's answer needs none
    mockResponse, // last: a canned answer stands in for the model, so everything before it works as ever
  ];
}
