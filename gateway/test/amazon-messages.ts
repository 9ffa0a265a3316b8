import { crc32 } from 'node:zlib';

/** One of Amazon's messages, written without any of our code. https://smithy.io/2.0/aws/amazon-eventstream.html */
export function amazonMessage(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const said = Buffer.concat(Object.entries(headers).map(([name, value]) => headerOf(name, value)));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + said.length + body.length, 0);
  prelude.writeUInt32BE(said.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const content = Buffer.concat([prelude, said, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content), 0);
  return Buffer.concat([content, checksum]);
}

/** A header whose value is a text, which is its kind 7. */
function headerOf(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([7, text.length >> 8, text.length & 255]), text]);
}

/** A message as one reads it. */
export interface ReadMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The messages in whole bytes, read without any of our code. */
export function amazonMessagesIn(bytes: Buffer): ReadMessage[] {
  const found: ReadMessage[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const message = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const bodyAt = 12 + message.readUInt32BE(4);
    found.push({ headers: headersIn(message.subarray(12, bodyAt)), body: message.subarray(bodyAt, -4) });
  }
  return found;
}

function headersIn(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const valueAt = at + 1 + bytes.readUInt8(at) + 3;
    const end = valueAt + bytes.readUInt16BE(valueAt - 2);
    headers[bytes.toString('utf8', at + 1, valueAt - 3)] = bytes.toString('utf8', valueAt, end);
    at = end;
  }
  return headers;
}
