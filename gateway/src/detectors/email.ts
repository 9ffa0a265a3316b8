import { type Detector, type Span, TRAIT } from './contract.ts';

const LOCAL_LENGTH_MAX = 64;
const LOCAL = /[\p{L}\p{N}._%+'-]/u;
const DOMAIN = /[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}][\p{L}\p{N}-]{0,62}){1,8}/uy;
const TOP_LEVEL = /^(?:\p{L}{2,24}|xn--[a-z0-9-]{2,59})$/iu;
/** What stands in front of the `@` of an SSH address of a repository. */
const REPOSITORY_USERS: ReadonlySet<string> = new Set(['git', 'hg', 'svn']);
/** Ends of file names and systemd units, which have an `@` in them often. */
const NO_TOP_LEVEL: ReadonlySet<string> = new Set(
  'css gif gz html jpeg jpg js json jsx lock mjs mount path png scope service slice socket svg target tgz timer ts tsx txt webp yaml yml'.split(
    ' ',
  ),
);

/** E-mail addresses, those with letters outside ASCII too. */
export const email: Detector = {
  kind: 'email',
  word: 'EMAIL',
  needs: TRAIT.at,
  find(text) {
    const spans: Span[] = [];
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at);
      const end = domainEnd(text, at + 1);
      if (start < at && end !== undefined && !REPOSITORY_USERS.has(text.slice(start, at))) spans.push({ start, end });
    }
    return spans;
  },
};

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LOCAL_LENGTH_MAX && LOCAL.test(text.charAt(start - 1))) start -= 1;
  while (start < at && !/[\p{L}\p{N}_]/u.test(text.charAt(start))) start += 1;
  return start;
}

function domainEnd(text: string, from: number): number | undefined {
  DOMAIN.lastIndex = from;
  const labels = DOMAIN.exec(text)?.[0].split('.') ?? [];
  if (/^\d+x?$/.test(labels[0] ?? '') && /^\d/.test(labels[1] ?? '')) return undefined; // a version: pkg@1.2.3-beta.x
  while (labels.length > 1 && !TOP_LEVEL.test(labels.at(-1) ?? '')) labels.pop();
  if (labels.length < 2 || /^\dx$/.test(labels[0] ?? '')) return undefined; // icon@2x.avif
  return NO_TOP_LEVEL.has((labels.at(-1) ?? '').toLowerCase()) ? undefined : from + labels.join('.').length;
}
