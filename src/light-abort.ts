/** The part of an AbortSignal that the gateway uses. An AbortSignal is one. */
export interface AbortLike {
  readonly aborted: boolean;
  /** What `abort` was called with. */
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An AbortController and its signal in one object. Node's own pair costs about a microsecond to create and as much for each
 * listener that is added and removed, which is a tenth of a small query; this one costs next to nothing until it is aborted.
 * Listeners are called once, in the order in which they were added.
 */
export class LightAbort implements AbortLike {
  #aborted = false;
  #reason: unknown;
  /** Undefined without listeners, to save memory: thousands of subscriptions have none, and most calls have one. */
  #listeners: (() => void)[] | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners?.indexOf(listener) ?? -1;
    if (index < 0) return;
    if (this.#listeners?.length === 1) this.#listeners = undefined;
    else this.#listeners?.splice(index, 1);
  }

  /** Later calls do nothing. A listener must not throw. */
  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    // A listener may remove others.
    for (let listener = this.#listeners?.shift(); listener; listener = this.#listeners?.shift()) listener();
  }
}
