import type { Credentials } from '../credentials.ts';
import { GatewayClient, GatewayFailure } from '../gateway-client.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** How long a gateway may take to say that it is well. */
const ANSWER_MS = 5000;
const CLOCKS_APART_MS = 60_000;

/** What is known of a gateway that may be running. */
export interface SeenGateway {
  readonly isThere: boolean;
  readonly checks: readonly Check[];
}

/** Whether the gateway answers, is well, agrees about the time and knows the key. */
export async function checkGateway(found: Credentials, signal: AbortSignal, nowMs: number): Promise<SeenGateway> {
  const client = new GatewayClient(found, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  try {
    const { status, version, timestamp } = await client.get('/health');
    const checks = [
      ok('gateway', `${found.endpoint} answers: ${String(status)}, version ${String(version)}`),
      clocks(nowMs, Date.parse(String(timestamp))),
      await keyCheck(client, found),
      ...unencrypted(found),
    ];
    return { isThere: true, checks };
  } catch (thrown) {
    signal.throwIfAborted();
    const status = thrown instanceof GatewayFailure ? thrown.status : undefined;
    return { isThere: status !== undefined, checks: [absent(thrown, status, found)] };
  }
}

function absent(thrown: unknown, status: number | undefined, { endpoint, isNamed }: Credentials): Check {
  const message = status === undefined ? `none answers at ${endpoint}` : String((thrown as Error).message);
  const advice = 'Start it with "synthlang serve", or name the right one with --endpoint or "synthlang login".';
  return isNamed || status !== undefined ? fail('gateway', message, advice) : warn('gateway', message, advice);
}

function clocks(nowMs: number, theirsMs: number): Check {
  const apartMs = Math.abs(nowMs - theirsMs);
  if (apartMs <= CLOCKS_APART_MS) return ok('gateway clock', 'agrees with this machine’s');
  const message = Number.isNaN(apartMs) ? 'isn’t told' : `is ${Math.round(apartMs / 1000)} s away from this machine’s`;
  return warn('gateway clock', message, 'Let both machines keep their time by NTP.');
}

async function keyCheck(client: GatewayClient, { key }: Credentials): Promise<Check> {
  if (key === undefined)
    return warn('key', 'there is none, so the gateway can’t be used', 'synthlang login --api-key …');
  try {
    await client.get('/v1/models');
    return ok('key', 'the gateway takes it');
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return fail('key', message, 'Log in with another key: synthlang login --api-key …');
  }
}

function unencrypted({ endpoint }: Credentials): readonly Check[] {
  const { protocol, hostname } = new URL(endpoint);
  const isLocal = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || isLocal) return [];
  return [warn('encryption', `the key goes to ${hostname} in plain text`, 'Put TLS in front, and use https://.')];
}
