import { frames } from '../dialects/frames.ts';
import { readFrame } from '../dialects/sse.ts';
import type { Speech } from './egress.ts';

/** Frames are whole and have been measured when they get here. */
const UNLIMITED = { jsonBytesMax: Number.MAX_SAFE_INTEGER, eventBytesMax: Number.MAX_SAFE_INTEGER };

/** Says a stream of events as one JSON list that grows: for callers that asked for no events. */
export function listed(spoken: Speech): Speech {
  const cutter = frames('sse', UNLIMITED);
  let saidCount = 0;
  let isOver = false;
  const inList = (events: readonly Buffer[], isLast: boolean): Buffer => {
    let text = '';
    for (const event of events) {
      const data = readFrame(event)?.data;
      if (data === undefined || data === '') continue;
      text += `${saidCount === 0 ? '[' : ',\r\n'}${data}`;
      saidCount += 1;
    }
    if (isLast) text += saidCount === 0 ? '[]' : ']';
    return Buffer.from(text);
  };
  return {
    announced: ['content-type', 'application/json; charset=utf-8'],
    next: async () => {
      while (!isOver) {
        const bytes = await spoken.next();
        isOver = bytes === undefined;
        const said = bytes ? inList(cutter.push(bytes), false) : inList(cutter.end(), true);
        if (said.length > 0) return said;
      }
      return undefined;
    },
    failed: (error) => {
      isOver = true;
      return inList(cutter.push(spoken.failed(error)), true);
    },
    stop: spoken.stop,
  };
}
