import { byPatterns, type Guard } from './contract.ts';

/** A caller’s attempts to talk a model out of its rules. */
export const jailbreak: Guard = {
  category: 'jailbreak',
  reads: new Set(['user']),
  judge: byPatterns([
    [
      /\b(?:ignore|disregard|forget|bypass|override)\b[^.?!\n]{0,20}\b(?:all|any|every|your|previous|prior|earlier|above|the|my)\b[^.?!\n]{0,30}\b(?:instructions?|rules?|guidelines?|restrictions|content polic(?:y|ies)|programming|training|safety|filters?|ethics)\b/gi,
      0.8,
    ],
    [/\b(?:you are|you're|act as|become|pretend to be|play) (?:now )?(?:dan|stan|dude|aim|evil[- ]?bot)\b/gi, 0.9],
    [/\bdo anything now\b/gi, 0.9],
    [
      /\b(?:developer|debug|god|sudo|admin|unrestricted|jailbreak|opposite|evil|dan) mode\b[^.?!\n]{0,20}\b(?:on|enabled?|activated?|engaged?)\b/gi,
      0.8,
    ],
    [
      /\b(?:enable|enter|activate|switch to|turn on)\b[^.?!\n]{0,20}\b(?:developer|god|unrestricted|jailbreak|opposite|evil|dan) mode\b/gi,
      0.8,
    ],
    [
      /\b(?:without|with no|free (?:of|from)|no longer bound by|not bound by|have no|has no)\b[^.?!\n]{0,24}\b(?:restrictions|filters|censorship|moral(?:s|ity)?|ethic(?:s|al)\w{0,12}|guidelines|content polic(?:y|ies)|safety (?:rules|measures|guidelines))\b/gi,
      0.5,
    ],
    [
      /\b(?:unfiltered|uncensored|amoral|unaligned|jailbroken)\b[^.?!\n]{0,30}\b(?:ai|assistant|chatbot|model|bot|response|answer|version)\b/gi,
      0.7,
    ],
    [
      /\b(?:never|not|don't|cannot|can't) (?:ever )?(?:refuse|decline|reject|say no to)\b[^.?!\n]{0,40}\b(?:request|question|answer|anything|me|task|prompt)s?\b/gi,
      0.5,
    ],
    [/\bstay in character\b|\bbreak(?:ing)? character\b/gi, 0.2],
    [
      /\b(?:two|2|both) (?:responses|answers|ways)\b[^.?!\n]{0,60}\b(?:unrestricted|unfiltered|jailbreak|dan|normal)\b/gi,
      0.6,
    ],
    [/\bjail ?break(?:ing)? (?:yourself|prompt|the (?:ai|model|assistant))\b/gi, 0.7],
    [
      /\b(?:my|late|dead|deceased) (?:grandma|grandmother|granny)\b[^.?!\n]{0,80}\b(?:napalm|recipe|keys?|used to (?:tell|read))\b/gi,
      0.5,
    ],
  ]),
};
