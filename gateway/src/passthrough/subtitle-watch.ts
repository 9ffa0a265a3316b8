/** A line that says from when to when something was said. https://www.w3.org/TR/webvtt1/#webvtt-timestamp, SRT with commas */
const CUE = /^(?:\d{2,4}:)?\d{2}:\d{2}[.,]\d{3} --> (?:(\d{2,4}):)?(\d{2}):(\d{2})[.,](\d{3})/gm;
/** A line that is longer is no such line; more of it need not be remembered. */
const LINE_CHARACTERS_MAX = 100;

/** Watches subtitles go by, as SRT or WebVTT, without holding them: where the last of them ends. */
export class SubtitleWatch {
  /** No pictures are in subtitles. */
  readonly made = 0;
  /** How long the sound was, as far as somebody spoke in it. */
  seconds: number | undefined;
  /** The beginning of the line that isn't whole yet. */
  #line = '';

  push(piece: Buffer): void {
    const text = this.#line + piece.toString('latin1');
    for (const [, hours = '0', minutes, seconds, milliseconds] of text.matchAll(CUE)) {
      const end = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(milliseconds) / 1000;
      this.seconds = Math.max(this.seconds ?? 0, end);
    }
    const from = text.lastIndexOf('\n') + 1;
    this.#line = text.slice(from, from + LINE_CHARACTERS_MAX);
  }
}
