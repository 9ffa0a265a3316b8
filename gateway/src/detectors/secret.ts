import { everyMatch } from '../model/every-match.ts';
import { type Detector, matches, type Span, TRAIT } from './contract.ts';

/** Keys that their makers gave a beginning of their own, most of them so that they can be found. */
const KEYS: readonly string[] = [
  'sk-ant-[\\w-]{20,200}', // Anthropic
  'sk-(?:proj|svcacct|admin|or-v1|lf)-[\\w-]{16,200}', // OpenAI, OpenRouter, Langfuse
  'sk-[A-Za-z0-9]{20,100}', // OpenAI (older), DeepSeek and others
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // AWS
  'AIza[\\w-]{35}', // Google
  'ya29\\.[\\w-]{20,500}', // Google OAuth
  'GOCSPX-[\\w-]{28}', // Google client
  'gh[pousr]_[A-Za-z0-9]{36,251}', // GitHub
  'github_pat_\\w{22,255}', // GitHub
  'glpat-[\\w-]{20,64}', // GitLab
  'gl(?:dt|rt|cbt|ptt|ft|imt|soat)-[\\w-]{20,64}', // GitLab
  'xox[abeoprs]-[A-Za-z0-9-]{10,250}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{10,250}', // Slack
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,250}', // Stripe
  'whsec_[A-Za-z0-9+/]{24,100}={0,2}', // Stripe webhooks
  'npm_[A-Za-z0-9]{36}', // npm
  'pypi-[\\w-]{50,250}', // PyPI
  'hf_[A-Za-z0-9]{30,64}', // Hugging Face
  'gsk_[A-Za-z0-9]{40,80}', // Groq
  'r8_[A-Za-z0-9]{37}', // Replicate
  'pplx-[A-Za-z0-9]{40,64}', // Perplexity
  'xai-[A-Za-z0-9]{60,100}', // xAI
  'fw_[A-Za-z0-9]{20,40}', // Fireworks
  'nvapi-[\\w-]{40,100}', // NVIDIA
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}', // SendGrid
  'key-[0-9a-f]{32}', // Mailgun
  '[0-9a-f]{32}-us\\d{1,2}', // Mailchimp
  '(?:AC|SK)[0-9a-f]{32}', // Twilio
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}', // Shopify
  'sq0(?:atp|csp|idp)-[\\w-]{22,43}', // Square
  'EAAA[\\w-]{60}', // Square
  'dop_v1_[0-9a-f]{64}', // DigitalOcean
  'do[or]_v1_[0-9a-f]{64}', // DigitalOcean
  'dapi[0-9a-f]{32}', // Databricks
  'lin_api_[A-Za-z0-9]{40}', // Linear
  'secret_[A-Za-z0-9]{43}', // Notion
  'ntn_[A-Za-z0-9]{40,60}', // Notion
  'sntry[su]_[\\w+/=-]{40,250}', // Sentry
  'vercel_[A-Za-z0-9]{24,64}', // Vercel
  'fo1_[\\w-]{43}', // Fly.io
  'hv[bs]\\.[\\w-]{24,250}', // HashiCorp Vault
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}', // Postman
  'AGE-SECRET-KEY-1[0-9A-Z]{58}', // age
  'eyJ[\\w-]{8,2000}\\.eyJ[\\w-]{8,8000}\\.[\\w-]{16,1000}', // JSON Web Tokens
];
const KEY = new RegExp(`(?<![\\w+/=-])(?:${KEYS.join('|')})(?![\\w-])`, 'g');

const PEM = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY(?: BLOCK)?-----/g;
const PEM_REST = /[A-Za-z0-9+/=\s:,.()]{0,16000}-----END [A-Z ]{0,32}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_CUT = /[A-Za-z0-9+/=\s]{0,16000}/y;

const ASSIGNED =
  /(?:password|passwd|passphrase|pwd|secret|(?:api|access|auth|private)[_-]?key|(?:access|auth|refresh|session|bearer)[_-]?token|client[_-]?secret)["']?(?: is |\s{0,2}(?:=>|:=|[:=]))\s{0,2}["']?([^\s"'`,;<>(){}[\]$\\|&]{8,200})/gi;
const BEARER = /\b(?:Bearer|Basic) ([\w.~+/-]{20,2000}={0,2})(?![\w.])/g;

/** Keys, tokens and passwords. */
export const secret: Detector = {
  kind: 'secret',
  word: 'SECRET',
  needs: TRAIT.any,
  find: (text) => [
    ...matches(text, KEY, ({ 0: key }) => isRandom(key)),
    ...privateKeys(text),
    ...valuesOf(text, ASSIGNED, isPassword),
    ...valuesOf(text, BEARER, isRandom),
  ],
};

/** A key that was cut off has no end; a first line without any key behind it is none. */
function privateKeys(text: string): readonly Span[] {
  return matches(text, PEM).flatMap(({ start, end }) => {
    const [whole, cut] = [PEM_REST, PEM_CUT].map((pattern) => {
      pattern.lastIndex = end;
      return pattern.exec(text)?.[0].trimEnd();
    });
    const rest = whole ?? cut ?? '';
    return rest === '' ? [] : [{ start, end: end + rest.length }];
  });
}

/** The first group of each match, which is always at its end. */
function valuesOf(text: string, pattern: RegExp, holds: (value: string) => boolean): readonly Span[] {
  const spans: Span[] = [];
  for (const { 0: whole, 1: value = '', index } of everyMatch(text, pattern)) {
    const end = index + whole.length;
    if (holds(value)) spans.push({ start: end - value.length, end });
  }
  return spans;
}

/** Nobody's key is `sk-xxxxxxxxxxxxxxxxxxxx` or `sk-your-key-goes-here-please`. */
function isRandom(key: string): boolean {
  return /\d/.test(key) && new Set(key).size >= 9 && !/x{6}|\*{4}|\.{3}|your[-_]/i.test(key);
}

/** Code says `password = config.password1` as well: a password has letters, digits and no look of a name. */
function isPassword(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^(?:\w+[.:/]){1,8}\w+$/.test(value) || /^(?:[a-z]+[A-Z_]\w*\d?|[A-Z][a-z]+\d*[A-Z]\w*)$/.test(value))
    return false;
  return new Set(value).size >= 5 && !/x{4}|\*{3}|\.{3}|your[-_]|^env:|^https?:/i.test(value);
}
