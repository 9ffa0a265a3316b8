import { byPatterns, type Guard } from './contract.ts';

/** Somebody who is in danger from themselves, and wishes for the means. */
export const selfHarm: Guard = {
  category: 'self-harm',
  reads: new Set(['user', 'output']),
  judge: byPatterns([
    [
      /\b(?:want|wanna|wish|going|plan(?:ning)?|decided|ready|thinking (?:about|of)|thought (?:about|of)|considering|trying|tempted)\b[^.?!\n]{0,20}\b(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?|cut(?:ting)?|hang(?:ing)?|starv(?:e|ing)|drown(?:ing)?) (?:myself|himself|herself|themselves)\b/gi,
      0.9,
    ],
    [
      /\b(?:ways?|how|methods?|best|easiest|painless\w{0,2}|quickest)\b[^.?!\n]{0,30}\b(?:kill myself|end my life|commit suicide|hang myself|take my (?:own )?life|overdose|die by suicide|self-?harm|cut myself)\b/gi,
      0.9,
    ],
    [/\b(?:end|ending|take|taking) (?:my (?:own )?life|it all)\b/gi, 0.6],
    [/\b(?:i am|i'm|feel(?:ing)?|been) (?:very |really |so )?suicidal\b|\bsuicidal (?:thoughts|ideation)\b/gi, 0.7],
    [
      /\b(?:don'?t|do not|no longer) want to (?:live|be alive|wake up|exist)\b|\bbetter off (?:dead|without me)\b|\bno reason to (?:live|go on)\b|\bwant to die\b|\bwish i (?:was|were) dead\b/gi,
      0.8,
    ],
    [/\bsuicide (?:note|pact|method|plan)s?\b/gi, 0.5],
    [
      /\b(?:how (?:many|much)|lethal dose)\b[^.?!\n]{0,40}\b(?:pills?|paracetamol|acetaminophen|tylenol|ibuprofen|sleeping pills|insulin)\b[^.?!\n]{0,40}\b(?:die|kill|fatal|overdose|lethal)\b/gi,
      0.8,
    ],
    [/\b(?:pro-?ana|thinspo|pro-?mia)\b/gi, 0.6],
  ]),
};
