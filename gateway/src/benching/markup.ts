/** A text that is no markup, in HTML, in an attribute and in SVG. */
export function safe(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
