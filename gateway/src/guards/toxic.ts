import { byPatterns, type Guard } from './contract.ts';

const PEOPLE =
  '(?:jews?|muslims?|christians?|blacks?|whites?|asians?|gays?|lesbians?|trans(?:gender)? people|immigrants?|refugees?|women|men|disabled people|foreigners?|gypsies|arabs?|mexicans?|indians?|africans?)';

/** Insults, threats and contempt for groups of people. */
export const toxic: Guard = {
  category: 'toxic',
  reads: new Set(['user', 'output']),
  judge: byPatterns([
    [
      /\b(?:i|we)(?:'ll| will| am going to|'m going to| want to| should) (?:kill|hurt|beat up|stab|shoot|strangle|rape) (?:you|him|her|your family)\b/gi,
      0.7,
    ],
    [/\b(?:kill|hang|shoot) yourself\b|\bgo (?:and )?die\b|\bdrop dead\b|\bhope you die\b/gi, 0.8],
    [/\bkys\b/g, 0.8],
    [
      /\byou(?:'re| are| fucking|,? you)? (?:such )?(?:an? |a complete |a total |a fucking |nothing but )?(?:stupid|worthless|pathetic|disgusting|useless|dumb|ugly|fucking|filthy)(?: \w{1,12})? (?:idiot|moron|bitch|cunt|loser|pig|animal|piece of (?:shit|trash|garbage)|bastard|whore|slut|retard|scum|asshole)\b/gi,
      0.8,
    ],
    [
      /\byou(?:'re| are)? (?:an? |such an? |a fucking )?(?:idiot|moron|bitch|cunt|loser|retard|scum|asshole|whore|slut|worthless|subhuman)\b/gi,
      0.6,
    ],
    [/\b(?:fuck|screw) (?:you|off|them all)\b|\bpiece of shit\b|\bson of a bitch\b|\bmother ?fuckers?\b/gi, 0.5],
    [
      new RegExp(
        `\\b(?:all |those |these |the )?${PEOPLE} (?:are|is) (?:all )?(?:\\w{1,12} )?(?:subhuman|vermin|animals|parasites|inferior|criminals|terrorists|disgusting|filth|scum|a disease|cockroaches|stupid|less than human)\\b`,
        'gi',
      ),
      0.9,
    ],
    [
      new RegExp(
        `\\b(?:kill|exterminate|gas|deport|eradicate|get rid of|wipe out|lynch|i hate)(?: all)?(?: the| those)? ${PEOPLE}\\b`,
        'gi',
      ),
      0.9,
    ],
  ]),
};
