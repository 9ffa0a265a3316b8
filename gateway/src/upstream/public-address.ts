import ipaddr from 'ipaddr.js';

/** Addresses of clouds' own services that look like anybody's. https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const CLOUD_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Whether an IP address is one that anybody on the internet may reach: not ours, not a neighbour's, not a cloud's inside. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || CLOUD_ADDRESSES.has(address)) return false;
  // An IPv4 address in IPv6 clothes is judged as what it is; tunnels to IPv4 have ranges of their own.
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !CLOUD_ADDRESSES.has(parsed.toString());
}

/** An address in a URL's host, without the brackets of IPv6; `undefined` for a name. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : undefined;
}
