import type { Socket } from 'node:net';
import type { Reply } from './reply.ts';

/** A reset throws away what the other side hasn't read yet, so it waits this long for its last bytes to arrive. */
const RESET_AFTER_MS = 20;

interface Play {
  readonly socket: Socket;
  readonly reply: Reply;
  readonly onSent: (bytes: number) => void;
  readonly onEnd: () => void;
  /** Pieces written. */
  at: number;
  stopped: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Writes a reply to a socket, waiting where it says and for a slow reader. Gives back how to stop. */
export function play(socket: Socket, reply: Reply, { onSent, onEnd }: Pick<Play, 'onSent' | 'onEnd'>): () => void {
  const state: Play = { socket, reply, onSent, onEnd, at: -1, stopped: false, timer: undefined };
  step(state);
  return () => {
    state.stopped = true;
    clearTimeout(state.timer);
  };
}

/** Writes as many pieces as may go at once, in one piece. */
function step(state: Play): void {
  if (state.stopped) return;
  const { reply, socket } = state;
  const batch: Buffer[] = [];
  let waits = reply.waits.has(state.at);
  if (state.at === -1 && !waits) {
    batch.push(reply.head);
    state.at = 0;
    waits = reply.waits.has(0);
  }
  while (!waits && state.at < reply.pieces.length) {
    batch.push(reply.pieces[state.at] ?? EMPTY);
    state.at += 1;
    waits = reply.waits.has(state.at);
    if (state.at === reply.repeat?.to) {
      state.at = reply.repeat.from;
      break;
    }
    if (reply.everyMs > 0) break;
  }
  const finished = !waits && state.at >= reply.pieces.length;
  if (finished) batch.push(reply.tail);
  const flowing = write(state, batch, socket);
  if (finished) return finish(state);
  if (waits) return waitHere(state);
  if (!flowing) socket.once('drain', () => later(state));
  else later(state);
}

const EMPTY = Buffer.alloc(0);

function write({ onSent }: Play, batch: readonly Buffer[], socket: Socket): boolean {
  const bytes = batch.length === 1 ? (batch[0] ?? EMPTY) : Buffer.concat(batch);
  if (bytes.length === 0) return true;
  onSent(bytes.length);
  return socket.write(bytes);
}

function later(state: Play): void {
  state.timer = setTimeout(step, state.reply.everyMs, state);
}

/** Passes a wait once its promise comes true; one without a promise is for ever. */
function waitHere(state: Play): void {
  const until = state.reply.waits.get(state.at);
  void until?.then(() => {
    if (state.stopped) return;
    const passed = new Map(state.reply.waits);
    passed.delete(state.at);
    step(Object.assign(state, { reply: { ...state.reply, waits: passed } }));
  });
}

function finish(state: Play): void {
  const { socket, reply, onEnd } = state;
  if (reply.ending === 'rst') {
    state.timer = setTimeout(
      () => {
        onEnd();
        socket.resetAndDestroy();
      },
      Math.max(reply.everyMs, RESET_AFTER_MS),
    );
    return;
  }
  if (reply.ending === 'keep') return onEnd();
  state.timer = setTimeout(() => {
    onEnd();
    socket.end();
  }, reply.everyMs);
}
