import { type Detector, type Span, TRAIT } from './contract.ts';

const AUTHORITY = /([^\s/?#@:"'<>`\\]{0,128}):([^\s/?#"'<>`@\\]{1,256})@[^\s/?#"'<>`,;)\]}\\]{1,255}/y;
/** What documentation writes where a password would stand. */
const EXAMPLE =
  /^(?:p(?:ass)?w(?:or)?d|pass(?:word)?|pw|secret|your[-_]?\w{0,20}|my[-_]?password|x{3,}|\*+|\.{3}|changeme|\[.*\])$/i;
const VARIABLE = /[${}()|]|%s|%\(/;

/** Names and passwords in addresses: `postgres://ada:secret@db.example.org/app`. The whole authority is found. */
export const credentialUrl: Detector = {
  kind: 'credentials',
  word: 'CREDENTIALS',
  needs: TRAIT.colon | TRAIT.at,
  find(text) {
    const spans: Span[] = [];
    for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 1)) {
      AUTHORITY.lastIndex = at + 3;
      const found = AUTHORITY.exec(text);
      const [authority = '', , password = ''] = found ?? [];
      if (found && !EXAMPLE.test(password) && !VARIABLE.test(password))
        spans.push({ start: at + 3, end: at + 3 + authority.length });
    }
    return spans;
  },
};
