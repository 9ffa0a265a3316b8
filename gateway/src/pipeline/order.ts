import type { Stage } from '../stages/contract.ts';

/** The stations there are. */
export interface Stations {
  readonly maskPii: Stage;
  readonly mockResponse: Stage;
}

/** The stations a chat turn passes, in this order. One that doesn’t want a turn costs it nothing. */
export function order({ maskPii, mockResponse }: Stations): readonly Stage[] {
  return [
    maskPii, // first: nothing behind it sees private data, whatever is added there
    mockResponse, // last: a canned answer stands in for the model, so everything before it works as ever
  ];
}
