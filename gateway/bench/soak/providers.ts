import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How likely each fault is from now on. */
export interface ToProviders {
  readonly chance: number;
}

/** What the process of the providers tells. */
export type FromProviders =
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  | { readonly kind: 'done'; readonly done: Readonly<Record<string, number>>; readonly connections: number };

/** Several providers in a process of their own. */
export class Providers {
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(count: number): Promise<Providers> {
    const file = fileURLToPath(new URL('./provider.ts', import.meta.url));
    const child = fork(file, [String(count)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = (await once(child, 'message')) as [FromProviders];
    return new Providers(child, message.kind === 'ports' ? message.ports : []);
  }

  /** Sets how likely each fault is, and gives what was done so far. */
  async set(chance: number): Promise<Extract<FromProviders, { kind: 'done' }>> {
    const answer = once(this.#child, 'message');
    this.#child.send({ chance } satisfies ToProviders);
    const [message] = (await answer) as [FromProviders];
    if (message.kind !== 'done') throw new Error('The providers told something else than what they did.');
    return message;
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}
