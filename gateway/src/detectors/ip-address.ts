import { everyMatch } from '../model/every-match.ts';
import ipaddr from 'ipaddr.js';
import { comesAfter, type Detector, matches, type Span, TRAIT } from './contract.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = new RegExp(`(?<![\\w.+-]|[A-Za-z]/)${OCTET}(?:\\.${OCTET}){3}(?![\\w-]|\\.\\d|\\+)`, 'g');
/** Global addresses begin with 2 or 3, local ones with fc to ff, and both with four digits; C++ names don’t. */
const V6 = /(?<![\w:.])(?:[23][0-9a-f]{3}|f[c-f][0-9a-f]{2}|64:ff9b|::ffff):[0-9a-f:.]{1,41}/gi;
/** Four numbers and dots are often a version or a place in a document. */
const VERSION =
  /(?:version|\bver|release|build|firmware|driver|upgrade|downgrade|bump|section|chapter|clause|appendix|table|figure|oid|identifier)\w{0,2}[^\n]{0,16}$|(?:§|==|>=|<=|~>|[~^=@])\s?["']?$/i;
const NOBODYS = /^(?:0\.|127\.|255\.|224\.0\.0\.)/;

/** Internet addresses of both kinds; not those that are the same on every machine. */
export const ipAddress: Detector = {
  kind: 'ip',
  word: 'IP',
  needs: TRAIT.digit,
  find: (text) => [
    ...matches(text, V4, ({ 0: address, index }) => !NOBODYS.test(address) && !comesAfter(text, index, VERSION, 32)),
    ...(text.includes(':') ? versionSix(text) : []),
  ],
};

function versionSix(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const { 0: candidate, index } of everyMatch(text, V6)) {
    const address = candidate.replace(/(?<!:):$|\.+$/, '');
    const isCut = /\w/.test(text.charAt(index + candidate.length));
    if (!isCut && ipaddr.IPv6.isValid(address)) spans.push({ start: index, end: index + address.length });
  }
  return spans;
}
