/** What an operator, a key and a caller say about masking in one place. */
export interface MaskingWish {
  readonly usual: boolean;
  readonly callersMaySwitchOff: boolean;
  /** The key's own rule, and whether its callers may switch masking off. */
  readonly key?: { readonly isOn?: boolean | undefined; readonly callersMaySwitchOff?: boolean | undefined };
  /** The caller's switch. */
  readonly wish: boolean | undefined;
}

/** Whether to mask. Callers may always switch masking on, and off only where they are allowed to. */
export function isMasked({ usual, callersMaySwitchOff, key = {}, wish }: MaskingWish): boolean {
  const isOn = key.isOn ?? usual;
  if (wish === undefined || wish === isOn) return isOn;
  return wish || !(key.callersMaySwitchOff ?? callersMaySwitchOff);
}
