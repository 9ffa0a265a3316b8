import type { Stage } from '../stages/contract.ts';

/** The stations there are. */
export interface Stations {
  readonly limits: Stage;
  readonly guard: Stage;
  readonly chooseModel: Stage | undefined;
  readonly ownFiles: Stage | undefined;
  readonly resumeResponse: Stage;
  readonly maskPii: Stage;
  readonly keepBodies: Stage | undefined;
  readonly keepResponse: Stage | undefined;
  readonly keywordTools: Stage;
  readonly compress: Stage;
  readonly mockResponse: Stage;
  readonly cache: Stage | undefined;
}

/** The stations a chat turn passes, in this order. One that is off is left out, and one that doesn’t want a turn costs it nothing. */
export function order(stations: Stations): readonly Stage[] {
  const { limits, guard, chooseModel, ownFiles, resumeResponse, maskPii, keepBodies, keepResponse } = stations;
  const { keywordTools, compress, mockResponse, cache } = stations;
  return [
    ...(chooseModel ? [chooseModel] : []), // first: whatever depends on the model must see the one that is asked
    ...(ownFiles ? [ownFiles] : []), // while the request says what its caller wrote, and nothing else
    resumeResponse, // whatever is counted, judged or masked is the whole conversation
    limits, // the cheapest no, and the money for the worst case, before anything is done
    guard, // it judges what the caller said, and, as the last on the way back, what the caller will hear
    maskPii, // nothing behind it sees private data, whatever is added there
    ...(keepBodies ? [keepBodies] : []), // what is kept is what a model would see, and no tool or cache hides an answer from it
    ...(keepResponse ? [keepResponse] : []), // for the same reasons
    keywordTools, // before whatever is about the model's answer: a tool's answer needs none
    compress, // the last change to the prompt, so that it works on what a model would really get
    mockResponse, // a canned answer stands in for the model, so everything before it works as ever
    ...(cache ? [cache] : []), // last: it keeps what a model was really asked, and none but a model's answers
  ];
}
