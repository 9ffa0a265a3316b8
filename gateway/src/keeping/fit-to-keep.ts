import type { Detector } from '../detectors/contract.ts';
import type { Turn } from '../model/turn.ts';
import { maskedForGood } from '../privacy/masked-for-good.ts';
import { isMasked } from '../privacy/masking-wish.ts';

/** Where private data is masked, and who may say otherwise. */
export interface FitToKeepSettings {
  readonly maskBeforeLlm: boolean;
  readonly maskInLogs: boolean;
  readonly callersMaySwitchOff: boolean;
}

/** Gives a text as it may be kept: what is masked for the model or in records is masked here, and nothing puts it back. */
export function fitToKeep(settings: FitToKeepSettings, detectors: readonly Detector[]) {
  const { maskBeforeLlm, maskInLogs, callersMaySwitchOff } = settings;
  return (text: string, { caller: { privacy = {} }, switches }: Pick<Turn, 'caller' | 'switches'>): string => {
    const places = [
      { usual: maskBeforeLlm, isOn: privacy.maskBeforeLlm, wish: switches.maskBeforeLlm },
      { usual: maskInLogs, isOn: privacy.maskInLogs, wish: switches.maskInLogs },
    ];
    const key = { callersMaySwitchOff: privacy.callersMaySwitchOff };
    const isKept = places.some(({ usual, isOn, wish }) =>
      isMasked({ usual, callersMaySwitchOff, key: { ...key, isOn }, wish }),
    );
    return isKept ? maskedForGood(text, detectors).text : text;
  };
}
