import type { TurnRecord } from '../model/turn.ts';
import type { Log } from './log.ts';

/** What a program does wrong on hearing of a turn doesn't reach the turn. */
export function unharmed(hear: (record: TurnRecord) => void, { bug }: Log): (record: TurnRecord) => void {
  return (record) => {
    try {
      hear(record);
    } catch (thrown) {
      bug(record.turnId, thrown);
    }
  };
}
