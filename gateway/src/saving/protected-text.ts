/** Fenced code, differences of files, and what the caller has marked: never rewritten. */
const PROTECTED = /^[ \t]{0,8}(?:```|~~~)|^(?:diff --git |@@ -\d|--- \S|\+\+\+ \S|Index: )|<nocompress\b/m;

/** Whether anything in a text forbids rewriting it. */
export function isProtected(text: string): boolean {
  return PROTECTED.test(text);
}
