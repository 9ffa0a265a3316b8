import { dirname, join, normalize } from 'node:path';
import type { SourceFile } from '../rules/sources.ts';

/** A fenced block of a page. `info` is what stands behind the language, e.g. `gateway/src/providers/acme.ts`. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly info: string;
  readonly code: string;
}

/** The fenced blocks of a page. */
export function codeBlocks({ path, text }: SourceFile): readonly CodeBlock[] {
  return [...text.matchAll(/^```(\w+)[ \t]*([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = '', 2: info = '', 3: code = '', index }) => ({
      page: path,
      line: text.slice(0, index).split('\n').length,
      language,
      info: info.trim(),
      code,
    }),
  );
}

/** Links of a page that lead to nothing: a file that isn't there, or a heading that the file doesn't have. */
export function brokenLinks(page: SourceFile, fileAt: (path: string) => SourceFile | undefined): readonly string[] {
  const prose = page.text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]]/g, ' '));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^(https?|mailto):/.test(link)) return [];
    const [file = '', heading] = link.split('#');
    const path = file === '' ? page.path : normalize(join(dirname(page.path), file)).replace(/\/$/, '');
    const target = fileAt(path);
    if (target === undefined) return [`${page.path}: ${link} leads to no file`];
    if (heading !== undefined && !headingsOf(target.text).includes(heading))
      return [`${page.path}: ${link} leads to no heading`];
    return [];
  });
}

/** Numbers that were measured somewhere must say where: a line that claims a speed or a size names a result file. */
export function claimsWithoutSource({ path, text }: SourceFile): readonly string[] {
  const claim = /\b\d[\d.,]*\s?(×|times (faster|slower|less|more)|µs|requests?\/s|req\/s|% (faster|slower|less|more))/;
  const paragraphs = text.replace(/^```[\s\S]*?^```$/gm, '').split(/\n\s*\n/);
  return paragraphs
    .filter((paragraph) => claim.test(paragraph) && !paragraph.includes('bench/results/'))
    .map((paragraph) => `${path}: ${paragraph.trim().slice(0, 100)}`);
}

function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replace(/ /g, '-'),
  );
}
