/** Longer texts are seldom typed twice, and are left as they are. */
const CHARACTERS_MAX = 2000;

/** Signs of code, quotations, lists and texts to work on, where every character may count. */
const STRUCTURED = /[\n\t"`“”„«»<>{}[\]\\|=*_~^#/:;]|(?:^|\s)['’‘]|['’‘](?:\s|$)/;

const ENDINGS: Readonly<Record<string, string>> = { "'re": ' are', "'ve": ' have', "'ll": ' will', "'m": ' am' };
const NOT: Readonly<Record<string, string>> = { can: 'cannot', won: 'will not', shan: 'shall not' };

const COURTESY = /^(?:(?:could|can|would|will) you (?:please|kindly),? |(?:please|kindly),? )(?=[a-z])/i;
const QUESTION = /^(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|should) /i;
/** Words that mean the same in either size: `Turkey` and `turkey` don't. */
const FIRST_WORD =
  /^(?:What|Who|Whom|Whose|Which|When|Where|Why|How|Is|Are|Was|Were|Do|Does|Did|Can|Could|Should|The|A|An|In|On|Tell|Give|Write|Explain|List|Name|Show|Describe|Define|Summarize|Summarise|Translate|Find|Create|Make|Compare|Calculate)(?= )/;

/**
 * What a user asks, without what makes no difference to it: white space, a courtesy in front, contractions, the first
 * letter's size, a lone full stop or question mark. Wherever a text could be something to work on, only its ends are
 * trimmed.
 */
export function plainQuestion(text: string): string {
  if (text.length > CHARACTERS_MAX || isStructured(text)) return text.replaceAll('\r\n', '\n').trimEnd();
  const flat = text
    .normalize('NFC')
    .replaceAll(/[’‘]/g, "'")
    .trim()
    .replaceAll(/[ \u00a0]+/g, ' ');
  const asked = flat.replace(COURTESY, '');
  return withoutMark(smallFirst(withoutContractions(asked)), asked !== flat);
}

/** Whether a text could be something to work on, in which every character may count. */
export function isStructured(text: string): boolean {
  return STRUCTURED.test(text.trim());
}

function withoutContractions(text: string): string {
  if (!text.includes("'")) return text;
  return text
    .replaceAll(/\b(can|won|shan)'t\b/gi, (_, verb: string) => sizedAs(verb, NOT[verb.toLowerCase()] ?? ''))
    .replaceAll(/\b(\w{2,6})n't\b/gi, '$1 not')
    .replaceAll(/\b(I|you|we|they)('re|'ve|'ll|'m)\b/gi, (_, who: string, end: string) => {
      return who + (ENDINGS[end.toLowerCase()] ?? end);
    })
    .replaceAll(/\b(what|where|who|when|how|that|there|it)'s\b/gi, '$1 is');
}

function sizedAs(pattern: string, word: string): string {
  return /^[A-Z]/.test(pattern) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

function smallFirst(text: string): string {
  return FIRST_WORD.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** A text of one sentence ends where it ends. */
function withoutMark(text: string, wasCourteous: boolean): string {
  if (/[.?!…]/.test(text.slice(0, -1))) return text;
  if (text.endsWith('.')) return text.slice(0, -1);
  return text.endsWith('?') && (wasCourteous || QUESTION.test(text)) ? text.slice(0, -1).trimEnd() : text;
}
