import { byPatterns, type Guard } from './contract.ts';

const HOW =
  '(?:how (?:do|can|could|would|to)|instructions? (?:for|to|on)|steps? (?:for|to)|recipe for|guide (?:to|for|on)|teach me|help me|tell me|show me|explain|ways? to)[^.?!\\n]{0,60}?';
const MAKE =
  '(?:mak|build|creat|synthesi[sz]|manufactur|assembl|cook|produc|construct|buy|get|obtain)\\w{0,4}\\b[^.?!\\n]{0,40}?';

/** Wishes for what hurts other people: weapons, drugs, malware, fraud, violence. */
export const harmful: Guard = {
  category: 'harmful',
  reads: new Set(['user', 'output']),
  judge: byPatterns([
    [
      new RegExp(
        `\\b${HOW}\\b${MAKE}\\b(?:(?:pipe|nail|dirty|car|fertili[sz]er|homemade) ?bombs?|bombs?|explosives?|molotov\\w*|ied|detonators?|thermite|nerve agents?|sarin|vx gas|ricin|mustard gas|anthrax|bio-?weapons?|chemical weapons?|ghost guns?|silencers?|suppressors?)\\b`,
        'gi',
      ),
      0.9,
    ],
    [
      new RegExp(
        `\\b${HOW}\\b${MAKE}\\b(?:meth(?:amphetamine)?|crystal meth|crack cocaine|cocaine|heroin|fentanyl|mdma|lsd|ghb|date rape drugs?)\\b`,
        'gi',
      ),
      0.8,
    ],
    [
      new RegExp(
        `\\b${HOW}\\b(?:writ|mak|creat|build|cod|deploy|spread)\\w{0,4}\\b[^.?!\\n]{0,40}?\\b(?:ransomware|keyloggers?|computer virus(?:es)?|botnets?|rootkits?|trojans?|malware|spyware|phishing (?:e-?mails?|pages?|sites?|kits?))\\b`,
        'gi',
      ),
      0.7,
    ],
    [
      new RegExp(
        `\\b${HOW}\\b(?:kill|murder|poison|strangle|kidnap|abduct|stalk|torture|rape|traffic|groom)\\w{0,4} (?:a |an |my |your |the |some|any|his |her )?(?:person|people|someone|somebody|anyone|man|woman|child(?:ren)?|girls?|boys?|minors?|wife|husband|neighbou?rs?|mother|father|teachers?|humans?)\\b(?! ?(?:process|thread|node|task|job|window|element|session))`,
        'gi',
      ),
      0.8,
    ],
    [
      new RegExp(
        `\\b${HOW}\\b(?:launder money|forge (?:passports?|ids?|documents?)|counterfeit (?:money|bills)|steal (?:credit cards?|identit\\w{1,3}|cars?)|hack into|break into (?:a |someone|my neighbou?r)|skim credit cards?|commit (?:tax |insurance |wire )?fraud)`,
        'gi',
      ),
      0.7,
    ],
    [
      /\b(?:mass shooting|school shooting|terror(?:ist)? attack|bombing)\b[^.?!\n]{0,40}\b(?:plan|carry out|prepare|commit|organi[sz]e)\w{0,3}\b/gi,
      0.7,
    ],
    [
      /\b(?:plan|carry out|prepare|commit|organi[sz]e)\w{0,3}\b[^.?!\n]{0,30}\b(?:mass shooting|school shooting|terror(?:ist)? attack)\b/gi,
      0.7,
    ],
    [
      /\b(?:sexual|nude|naked|erotic)\w{0,2}\b[^.?!\n]{0,40}\b(?:minors?|child(?:ren)?|under-?age|pre-?teens?)\b/gi,
      0.8,
    ],
    [/\b(?:hire|find|need)\b[^.?!\n]{0,20}\b(?:hit ?man|contract killer|assassin)\b/gi, 0.7],
  ]),
};
