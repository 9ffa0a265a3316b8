import type { Switches } from './turn.ts';

/** The switches of one request, by the name of their body field, and what they set. Naming more guards only adds to them. */
export const SWITCHES = {
  fallbacks: 'fallbacks',
  disable_fallbacks: 'disableFallbacks',
  num_retries: 'retriesMax',
  timeout: 'timeoutMs',
  tags: 'tags',
  drop_params: 'dropParams',
  additional_drop_params: 'additionalDropParams',
  allowed_openai_params: 'allowedOpenaiParams',
  mock_response: 'mockResponse',
  stream_continuation: 'continuesStreams',
  disable_keyword_detection: 'disableKeywordDetection',
  use_synthlang: 'savesTokens',
  synthlang_compression_level: 'savingLevel',
  mask_pii_before_llm: 'maskBeforeLlm',
  mask_pii_in_logs: 'maskInLogs',
  cache: 'cache',
} as const satisfies Readonly<Record<string, keyof Switches>>;

/** A switch that may be forbidden. */
export type SwitchName = keyof typeof SWITCHES;

/** The names of all of them. */
export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[];

/** What happens to a switch: it holds, it is passed over with a warning, or the request is refused. */
export const SWITCH_VERDICTS = ['allow', 'ignore', 'refuse'] as const;

/** What happens to a switch: it holds, it is passed over with a warning, or the request is refused. */
export type SwitchVerdict = (typeof SWITCH_VERDICTS)[number];

/** What one place says about switches; it says nothing of those that are absent. */
export type SwitchRules = Readonly<Partial<Record<SwitchName, SwitchVerdict | undefined>>>;

/** Whether a text is the name of a switch that may be forbidden. */
export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(SWITCHES, name);
}
