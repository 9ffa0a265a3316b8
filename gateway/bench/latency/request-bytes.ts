import type { Address } from '../systems/contract.ts';
import { bodyOf } from './cases.ts';
import type { Kind } from './cases.ts';

/** The HTTP request, head and body, that asks a system for one kind of reply. */
export function requestBytes(address: Address, kind: Kind, bodyBytes: number): string {
  return requestWith(address, bodyOf(address.model, kind !== 'plain', bodyBytes));
}

/** The HTTP request with this body. */
export function requestWith(address: Omit<Address, 'saysModel' | 'model'>, body: string): string {
  const headers = {
    host: '127.0.0.1',
    accept: 'application/json',
    'user-agent': 'latency-bench',
    'content-type': 'application/json',
    authorization: 'Bearer sk-direct',
    ...address.headers,
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${address.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
