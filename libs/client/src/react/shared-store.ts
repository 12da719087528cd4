/** Opens what the store follows; `set` takes its states. Answers how to close it. */
export type Open<State> = (set: (state: State) => void) => () => void;

interface Frames {
  requestAnimationFrame?: (callback: () => void) => unknown;
}
/** One frame, in milliseconds, where the platform draws none. */
const FRAME_MS = 16;

/**
 * What several components look at. It is opened by the first who subscribes and closed after the last has gone; who goes
 * and comes back at once, as StrictMode makes components do, finds it open. States are shown once a frame at most, and to
 * all components the same one.
 */
export class SharedStore<State> {
  private shown: State;
  private newest: State;
  private readonly listeners = new Set<() => void>();
  private close: (() => void) | undefined;
  private isWaiting = false;

  constructor(
    initial: State,
    private readonly open: Open<State>,
    private readonly onClosed: () => void = () => undefined,
  ) {
    this.shown = this.newest = initial;
  }

  readonly get = (): State => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.close ??= this.open(this.set);
    return () => {
      this.listeners.delete(listener);
      setTimeout(() => {
        if (this.listeners.size > 0 || !this.close) return;
        this.close();
        this.close = undefined;
        this.onClosed();
      }, 0);
    };
  };

  private readonly set = (state: State): void => {
    this.newest = state;
    if (this.isWaiting) return;
    this.isWaiting = true;
    const { requestAnimationFrame: frame = (callback) => setTimeout(callback, FRAME_MS) } = globalThis as Frames;
    frame(() => {
      this.isWaiting = false;
      if (this.shown === this.newest) return;
      this.shown = this.newest;
      for (const listener of [...this.listeners]) listener();
    });
  };
}

const stores = new WeakMap<object, Map<string, unknown>>();

/** The one store of this name for this client. */
export function storeOf<Store>(client: object, name: string, make: (forget: () => void) => Store): Store {
  const ofClient = stores.get(client) ?? new Map<string, unknown>();
  stores.set(client, ofClient);
  let store = ofClient.get(name) as Store | undefined;
  if (store === undefined) {
    const made = make(() => {
      // One that is opened again by whoever still held it may have another in its place by now.
      if (ofClient.get(name) === made) ofClient.delete(name);
    });
    ofClient.set(name, (store = made));
  }
  return store;
}
