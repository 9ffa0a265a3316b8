import type { Detector } from '../detectors/contract.ts';
import type { Turn, TurnRecord } from '../model/turn.ts';
import { maskedCause, maskedRecord, maskedText } from './mask-record.ts';
import { isMasked } from './masking-wish.ts';

/** Whether records are masked, and who may say otherwise. */
export interface KeptRecordsSettings {
  readonly maskInLogs: boolean;
  readonly callersMaySwitchOff: boolean;
}

/** Makes what is kept of turns and faults fit to be kept. */
export interface KeptRecords {
  readonly record: (record: TurnRecord) => TurnRecord;
  /** What was said in a turn, as it may be kept. */
  readonly said: (text: string, turn: Pick<Turn, 'caller' | 'switches'>) => string;
  /** What was thrown, for the log. */
  readonly cause: (thrown: unknown) => unknown;
}

const TEXTS_REMEMBERED_MAX = 1000;

/** Gives each record as it may be kept. The same few texts (names of models, tags) come again and again, so they are remembered. */
export function keptRecords(
  { maskInLogs, callersMaySwitchOff }: KeptRecordsSettings,
  detectors: readonly Detector[],
): KeptRecords {
  const remembered = new Map<string, string>();
  const mask = (text: string): string => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const masked = maskedText(text, detectors);
    if (remembered.size >= TEXTS_REMEMBERED_MAX) remembered.clear();
    remembered.set(text, masked);
    return masked;
  };
  const isOn = ({ wish, key }: NonNullable<TurnRecord['masking']>): boolean =>
    isMasked({
      usual: maskInLogs,
      callersMaySwitchOff,
      key: { isOn: key?.maskInLogs, callersMaySwitchOff: key?.callersMaySwitchOff },
      wish,
    });
  const none = { wish: undefined, key: undefined };
  return {
    record: (record) => (isOn(record.masking ?? none) ? maskedRecord(record, mask) : record),
    said: (text, { caller, switches }) =>
      isOn({ wish: switches.maskInLogs, key: caller.privacy }) ? maskedText(text, detectors) : text,
    cause: (thrown) => (maskInLogs ? maskedCause(thrown, mask) : thrown),
  };
}
