import { gzipSync } from 'node:zlib';
import type { Behaviour, Place, ScriptedUsage } from './behaviour.ts';
import type { Asked, Speech, Voice } from './voice.ts';

/** Bytes to write, in order, and where to wait and how to end. Made by `compose`, played by `play`. */
export interface Reply {
  readonly head: Buffer;
  readonly pieces: readonly Buffer[];
  readonly everyMs: number;
  /** Ends the body cleanly. Written with the last piece. */
  readonly tail: Buffer;
  /** By how many pieces have been written; -1 stands before the head. */
  readonly waits: ReadonlyMap<number, Promise<unknown> | undefined>;
  readonly ending: 'keep' | 'fin' | 'rst';
  readonly repeat: Behaviour['repeat'];
  /** The script ends it early. */
  readonly cut: boolean;
}

const SENTENCE = 'Hello from the scripted provider.';
const NOTHING = Buffer.alloc(0);
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

interface Content {
  readonly type: string;
  readonly frames: readonly Buffer[];
  readonly stream: boolean;
}

/** The request a reply is made for. */
interface Occasion extends Asked {
  readonly number: number;
  readonly bytes: number;
}

/** Makes the reply that a behaviour means for one request. */
export function compose(wanted: Behaviour, voice: Voice, asked: Occasion): Reply {
  const content = contentOf(wanted, voice, asked);
  const behaviour = content.stream ? wanted : withoutEvents(wanted);
  const whole = reshaped(content.frames, behaviour);
  const cutAnew = behaviour.pieceBytes === undefined ? whole : inPieces(Buffer.concat(whole), behaviour.pieceBytes);
  const points = [...(behaviour.pauses ?? []).map(({ at }) => at), ...(behaviour.cut ? [behaviour.cut.at] : [])];
  const pieces = split(cutAnew, points);
  const stopAfter = behaviour.cut === undefined ? pieces.length : piecesBefore(behaviour.cut.at, pieces, whole);
  const sent = pieces.slice(0, Math.max(0, stopAfter));
  const cleanEnd = behaviour.cut === undefined || behaviour.cut.how === 'eof';
  const chunked = content.stream && behaviour.missingBytes === undefined;
  const length = behaviour.cut?.how === 'eof' ? sizeOf(sent) : sizeOf(pieces);
  const waits = (behaviour.pauses ?? []).map(({ at, until }) => [piecesBefore(at, pieces, whole), until] as const);
  return {
    head: stopAfter < 0 ? NOTHING : headOf(behaviour, content.type, chunked ? undefined : length),
    pieces: chunked ? sent.map(chunk) : sent,
    everyMs: behaviour.everyMs ?? 0,
    tail: chunked && cleanEnd ? LAST_CHUNK : NOTHING,
    waits: new Map(waits),
    ending: endingOf(behaviour),
    repeat: content.stream ? behaviour.repeat : undefined,
    cut: behaviour.cut !== undefined || behaviour.missingBytes !== undefined,
  };
}

/** Only a stream has events to cut or to pause after. */
function withoutEvents({ cut, pauses = [], ...rest }: Behaviour): Behaviour {
  const isEvent = ({ at }: { readonly at: Place }): boolean => typeof at === 'object' && 'event' in at;
  return {
    ...rest,
    pauses: pauses.filter((pause) => !isEvent(pause)),
    ...(cut === undefined || isEvent(cut) ? {} : { cut }),
  };
}

/** The same reply, written in one go. */
export function atOnce(reply: Reply): Reply {
  return { ...reply, head: Buffer.concat([reply.head, ...reply.pieces, reply.tail]), pieces: [], tail: NOTHING };
}

/** One chunk of a chunked body. */
function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Cuts a text into the words a stream says it by. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+(?:\s+$)?/g) ?? (text === '' ? [] : [text]);
}

function contentOf(behaviour: Behaviour, voice: Voice, asked: Occasion): Content {
  const natural = asked.stream ? (voice.streamType ?? 'text/event-stream; charset=utf-8') : 'application/json';
  const type = behaviour.contentType ?? natural;
  if (behaviour.body !== undefined) return { type, frames: [Buffer.from(behaviour.body)], stream: false };
  if (behaviour.status !== undefined && behaviour.status >= 400) {
    const error = JSON.stringify(voice.error(behaviour.status, behaviour.errorMessage ?? ''));
    return { type: behaviour.contentType ?? 'application/json', frames: [Buffer.from(error)], stream: false };
  }
  const speech = speechOf(behaviour, asked);
  if (!asked.stream) {
    const json = behaviour.jsonBody ?? JSON.stringify(voice.json(speech));
    return { type, frames: [Buffer.from(json)], stream: false };
  }
  let frames = voice.frames(speech);
  for (const edit of behaviour.frameEdits ?? []) frames = edit(frames, voice);
  return { type, frames, stream: true };
}

function speechOf(behaviour: Behaviour, asked: Occasion): Speech {
  const text = behaviour.text ?? SENTENCE;
  const textPieces = wordsOf(text);
  const guess: ScriptedUsage = { input: Math.ceil(asked.bytes / 4), output: Math.max(1, textPieces.length) };
  return {
    id: `scripted${asked.number}`,
    model: behaviour.model ?? asked.model,
    textPieces,
    reasoning: behaviour.reasoning,
    calls: asked.answersTool ? [] : (behaviour.calls ?? []),
    finish: behaviour.finish,
    choices: behaviour.choices ?? asked.choices,
    usage: behaviour.usage === 'missing' ? undefined : (behaviour.usage ?? guess),
    includeUsage: asked.includeUsage,
  };
}

/** What happens to the bytes as a whole. Frames stay apart unless they are compressed. */
function reshaped(frames: readonly Buffer[], behaviour: Behaviour): readonly Buffer[] {
  let shaped = frames;
  if (behaviour.lineEnd === 'crlf') shaped = shaped.map((one) => Buffer.from(one.toString().replaceAll('\n', '\r\n')));
  if (behaviour.gzip !== undefined) shaped = [zipped(Buffer.concat(shaped), behaviour.gzip)];
  return shaped;
}

function zipped(bytes: Buffer, how: 'good' | 'bad'): Buffer {
  const packed = gzipSync(bytes);
  return how === 'good' ? packed : Buffer.concat([packed.subarray(0, packed.length >> 1), Buffer.alloc(16, 0xff)]);
}

function inPieces(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Cuts the frames where a byte place falls inside one. */
function split(frames: readonly Buffer[], places: readonly Place[]): readonly Buffer[] {
  const offsets = places.flatMap((place) => (typeof place === 'object' && 'byte' in place ? [place.byte] : []));
  let pieces = frames;
  for (const offset of offsets) {
    let before = 0;
    pieces = pieces.flatMap((piece) => {
      const at = offset - before;
      before += piece.length;
      return at > 0 && at < piece.length ? [piece.subarray(0, at), piece.subarray(at)] : [piece];
    });
  }
  return pieces;
}

/** How many pieces stand before a place. Events are counted in `frames`, whatever `split` made of them. */
function piecesBefore(place: Place, pieces: readonly Buffer[], frames: readonly Buffer[]): number {
  if (place === 'headers') return -1;
  const offset = 'byte' in place ? place.byte : sizeOf(frames.slice(0, place.event));
  let size = 0;
  return pieces.filter((piece) => (size += piece.length) <= offset).length;
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function headOf(behaviour: Behaviour, type: string, length: number | undefined): Buffer {
  const headers = [
    ['content-type', type],
    length === undefined
      ? ['transfer-encoding', 'chunked']
      : ['content-length', String(length + (behaviour.missingBytes ?? 0))],
    ...(behaviour.gzip === undefined ? [] : [['content-encoding', 'gzip']]),
    ['x-request-id', 'req_scripted'],
    ...(behaviour.headers ?? []),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${behaviour.status ?? 200} Scripted\r\n${lines.join('')}\r\n`, 'latin1');
}

function endingOf({ cut, missingBytes }: Behaviour): Reply['ending'] {
  if (cut === undefined || cut.how === 'eof') return missingBytes === undefined ? 'keep' : 'fin';
  return cut.how;
}
