const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Encrypted reasoning is bytes in base64 here; another wire's may be any text, whose bytes are then said. */
export function redactedOut(data: string): string {
  return data.length % 4 === 0 && BASE64.test(data) ? data : Buffer.from(data).toString('base64');
}
