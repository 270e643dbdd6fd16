/** Runs one round and returns the pause until the next one, in milliseconds. */
type Round = () => Promise<number>;

/** Runs rounds one after the other, with a pause between them, until the signal aborts. */
export class PollLoop {
  readonly #round: Round;
  readonly #signal: AbortSignal;
  #isRunning = false;
  #isDue = false;
  #endPause: (() => void) | undefined;

  constructor(round: Round, signal: AbortSignal) {
    this.#round = round;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#endPause?.(), { once: true });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** True if the next round was requested while the current one is running: it starts without a pause. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Starts the first round at once. `round` must not reject. */
  async start(): Promise<void> {
    this.#isRunning = true;
    while (!this.#signal.aborted) {
      this.#isDue = false;
      await this.#pause(await this.#round());
    }
  }

  /** Starts the next round now, or as soon as the current one ends. */
  runSoon(): void {
    this.#isDue = true;
    this.#endPause?.();
  }

  #pause(ms: number): Promise<void> {
    if (this.#isDue || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#endPause?.(), ms);
      this.#endPause = () => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
    });
  }
}
