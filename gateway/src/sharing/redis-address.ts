/** Where a Redis is, as one address or in parts. */
export interface RedisPlace {
  readonly url?: string | undefined;
  readonly hostName?: string | undefined;
  readonly portNumber: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: boolean;
}

/** The address of the Redis to share, if there is one. A whole address wins over parts. */
export function redisAddress({ url, hostName, portNumber, username, password, tls }: RedisPlace): string | undefined {
  if (url !== undefined || hostName === undefined) return url;
  const isSigned = username !== undefined || password !== undefined;
  const credentials = isSigned ? `${encodeURIComponent(username ?? '')}:${encodeURIComponent(password ?? '')}@` : '';
  const bracketed = hostName.includes(':') && !hostName.startsWith('[') ? `[${hostName}]` : hostName;
  return `${tls ? 'rediss' : 'redis'}://${credentials}${bracketed}:${portNumber}`;
}
