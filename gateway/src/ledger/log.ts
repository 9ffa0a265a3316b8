import { pino, type DestinationStream, type Logger } from 'pino';
import type { RefusedRequest, ToolUse, TurnRecord } from '../model/turn.ts';
import { turnLine } from './turn-line.ts';

/** How much is logged. */
export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Lines about turns wait this long, or until there are so many characters, before they are written together. */
const FLUSH_MS = 200;
const BLOCK_CHARACTERS = 64 * 1024;

/** The log: JSON lines on standard output. */
export interface Log {
  readonly logger: Logger;
  /** One line per turn: no prompt, no answer, no key. */
  readonly turn: (record: TurnRecord) => void;
  /** Something that an operator should see. */
  readonly warn: (facts: object, message: string) => void;
  /** One line per request that never became a turn. */
  readonly refused: (refused: RefusedRequest) => void;
  /** One line per call of a tool over HTTP: no parameters, no result. */
  readonly toolCall: (use: ToolUse) => void;
  /** A fault of ours, with its stack, under the request id that the caller was told. */
  readonly bug: (requestId: string, cause: unknown) => void;
  readonly close: () => void;
}

/** Opens the log. `destination` defaults to standard output, written in blocks. */
export function openLog({ level }: LogSettings, destination?: DestinationStream): Log {
  const blocks = destination ?? pino.destination({ fd: 1, sync: false });
  const logger = pino({ level, base: null }, blocks);
  let waiting = '';
  const handOver = (): void => {
    if (waiting !== '') blocks.write(waiting);
    waiting = '';
  };
  const flushing = setInterval(handOver, FLUSH_MS);
  flushing.unref();
  return {
    logger,
    turn: (record) => {
      const name = levelOf(record);
      if (!logger.isLevelEnabled(name)) return;
      // Written past the logger, whose general way costs several times as much; the line is the same as its others.
      waiting += turnLine(record, logger.levels.values[name] ?? 0);
      if (waiting.length >= BLOCK_CHARACTERS) handOver();
    },
    warn: (facts, message) => logger.warn(facts, message),
    refused: (refused) => logger.info(refused, 'refused'),
    toolCall: (use) => logger.info(use, 'tool'),
    bug: (requestId, cause) => logger.error({ requestId, err: cause }, 'bug'),
    close: () => {
      clearInterval(flushing);
      handOver();
      try {
        if ('flushSync' in blocks) (blocks as { flushSync: () => void }).flushSync();
      } catch {
        // Nothing had been written, or the reader of the log is gone.
      }
    },
  };
}

function levelOf({ end, error }: TurnRecord): 'info' | 'warn' | 'error' {
  if (end !== 'failed') return 'info';
  return error?.rule.blame === 'gateway' ? 'error' : 'warn';
}
