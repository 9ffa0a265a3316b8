import { GatewayError } from '../model/error.ts';
import { authorizeModels } from './authenticate.ts';
import {
  isSwitchName,
  SWITCH_VERDICTS,
  SWITCHES,
  SWITCH_NAMES,
  type SwitchName,
  type SwitchRules,
  type SwitchVerdict,
} from '../model/switch-rules.ts';
import type { Caller, KeyPrivacy, Role, Switches, Turn } from '../model/turn.ts';

/** What the configuration says about the switches of requests. */
export interface OverrulingSettings {
  /** For everybody. */
  readonly usual: SwitchRules;
  /** For whoever has a role, instead. */
  readonly roles: Readonly<Partial<Record<Role, SwitchRules | undefined>>>;
  /** What is masked usually, and whether a switch can turn that off. */
  readonly privacy: Readonly<Required<Record<keyof KeyPrivacy, boolean>>>;
}

/** The switches that hold, and what is said of those that don't. */
export interface Overruled {
  readonly switches: Switches;
  readonly warnings: readonly string[];
}

/**
 * Takes out the switches that a caller may not use: what its key says counts before what its role says, and that before
 * what holds for everybody. Throws `key.forbidden`, naming the switch.
 */
export function overruled(switches: Switches, caller: Caller, settings: OverrulingSettings): Overruled {
  if (Object.keys(switches).length === 0) return { switches, warnings: [] };
  const forbidden = SWITCH_NAMES.filter((name) => isForbidden(name, { switches, caller, settings }));
  if (forbidden.length === 0) return { switches, warnings: [] };
  const left: { -readonly [Name in keyof Switches]: Switches[Name] } = { ...switches };
  for (const name of forbidden) delete left[SWITCHES[name]];
  return { switches: left, warnings: forbidden.map((name) => `${name}: passed over, since ${WHY}`) };
}

/** A turn with the switches that its caller may use, if it may use the models it names. Throws `key.forbidden`. */
export function permitted<T extends Turn>(turn: T, settings: OverrulingSettings): T {
  const { switches, warnings } = overruled(turn.switches, turn.caller, settings);
  const same = switches === turn.switches;
  const ruled = same ? turn : { ...turn, switches, warnings: [...turn.warnings, ...warnings] };
  authorizeModels(ruled);
  return ruled;
}

const WHY = 'this key may not use it';

interface Case {
  readonly switches: Switches;
  readonly caller: Caller;
  readonly settings: OverrulingSettings;
}

function isForbidden(name: SwitchName, { switches, caller, settings }: Case): boolean {
  const value = switches[SWITCHES[name]];
  if (value === undefined || switchesMaskingOn(name, value)) return false;
  const verdict = verdictOn(name, caller, settings);
  if (verdict === 'refuse') throw new GatewayError('key.forbidden', `\`${name}\`: ${WHY}.`, { param: name });
  return verdict === 'ignore' || isMaskingKept(name, caller, settings);
}

/** More masking never needs permission. */
const switchesMaskingOn = (name: SwitchName, value: unknown): boolean => isMasking(name) && value === true;

function verdictOn(name: SwitchName, caller: Caller, { usual, roles }: OverrulingSettings): SwitchVerdict {
  return caller.switches?.[name] ?? roles[caller.role]?.[name] ?? usual[name] ?? 'allow';
}

type MaskingSwitch = 'mask_pii_before_llm' | 'mask_pii_in_logs';
const isMasking = (name: SwitchName): name is MaskingSwitch =>
  name === 'mask_pii_before_llm' || name === 'mask_pii_in_logs';

/** `callersMaySwitchOff` forbids as well, where there is something to switch off. */
function isMaskingKept(name: SwitchName, { privacy: own }: Caller, { privacy }: OverrulingSettings): boolean {
  if (!isMasking(name)) return false;
  const what = SWITCHES[name];
  const isOn = own?.[what] ?? privacy[what];
  return isOn && !(own?.callersMaySwitchOff ?? privacy.callersMaySwitchOff);
}

/** The rules that a key's metadata has under `switches`. What isn't one was kept before there were rules, and is none. */
export function switchesOf({ switches }: Readonly<Record<string, unknown>>): SwitchRules | undefined {
  if (typeof switches !== 'object' || switches === null) return undefined;
  return Object.fromEntries(Object.entries(switches).filter(([name, verdict]) => isRule(name, verdict)));
}

/** Whether a name and a verdict say something about a switch. */
export function isRule(name: string, verdict: unknown): boolean {
  return isSwitchName(name) && SWITCH_VERDICTS.some((known) => known === verdict);
}
