/** A server with models that was found on this machine. */
export interface LocalServer {
  /** What people call it, e.g. `LM Studio`. */
  readonly name: string;
  /** The provider whose models it has. */
  readonly provider: string;
  readonly baseUrl: string;
  /** As the provider names them. */
  readonly models: readonly string[];
}
