/** Turns texts into vectors of length 1 that lie close together when the texts mean the same. */
export interface Embedder {
  /** How many numbers a vector has. */
  readonly dimensions: number;
  readonly embed: (text: string) => Float32Array | Promise<Float32Array>;
  /** Lets go of what it holds; it may be asked again afterwards. */
  readonly close: () => void | Promise<void>;
}
