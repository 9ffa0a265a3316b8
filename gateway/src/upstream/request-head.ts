import { GatewayError } from '../model/error.ts';
import { isHeaderName } from '../model/header-names.ts';
import type { BodyStream, UpstreamRequest } from '../model/upstream.ts';
import { isHeaderValue } from './header-lines.ts';

/** Headers that say how the bytes are sent: that is decided here. */
const OURS = new Set(['content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer']);
const PATH = /^\/[\x21-\x7e\x80-\xff]*$/;

interface Lines {
  readonly text: string;
  /** Whether a host is among them. */
  readonly hasHost: boolean;
}

/** Most requests to one deployment have the same list of headers, which is checked and joined once. */
const known = new WeakMap<readonly string[], Lines>();

/**
 * The head of a request, for the wire. Throws `gateway.bug` for what would end a line, or isn't one byte a character:
 * nobody who chooses a value may choose the next line.
 */
export function requestHead(request: UpstreamRequest, host: string): string {
  const { method, path, headers, body, stream } = request;
  if (!PATH.test(path)) throw unsendable(request, 'its path');
  let lines = known.get(headers);
  if (!lines) known.set(headers, (lines = joined(request)));
  const hostLine = lines.hasHost ? '' : `host: ${host}\r\n`;
  const length = stream ? streamLine(stream) : lengthLine(method, body);
  return `${method} ${path} HTTP/1.1\r\n${hostLine}connection: keep-alive\r\n${lines.text}${length}\r\n`;
}

function lengthLine(method: UpstreamRequest['method'], body: Buffer | undefined): string {
  if (body) return `content-length: ${body.length}\r\n`;
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'content-length: 0\r\n' : '';
}

function streamLine({ bytes }: BodyStream): string {
  return bytes === undefined ? 'transfer-encoding: chunked\r\n' : `content-length: ${bytes}\r\n`;
}

function joined(request: UpstreamRequest): Lines {
  const { headers } = request;
  let text = '';
  let hosts = 0;
  if (headers.length % 2 === 1) throw unsendable(request, 'a header without a value');
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    const key = name.toLowerCase();
    if (!isHeaderName(name) || !isHeaderValue(value)) throw unsendable(request, 'a header');
    if (OURS.has(key)) throw unsendable(request, `the header ${key}`);
    if (key === 'host') hosts += 1;
    if (key !== 'connection') text += `${name}: ${value}\r\n`;
  }
  if (hosts > 1) throw unsendable(request, 'a second host');
  return { text, hasHost: hosts === 1 };
}

function unsendable({ provider }: UpstreamRequest, what: string): GatewayError {
  return new GatewayError('gateway.bug', `The request to ${provider} can’t be sent: ${what} can’t be put on the wire.`);
}
