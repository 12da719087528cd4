/**
 * A network for one client that breaks its connections: each takes the next budget and is cut when that is used up, in
 * frames of a socket or bytes of a body; those after the last budget hold. Some frames come twice.
 */
export class UnreliableNetwork {
  connections = 0;

  constructor(
    private readonly budgets: readonly number[],
    private readonly repeats: boolean,
  ) {}

  private budget(): number {
    return this.budgets[this.connections++] ?? Infinity;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const left = this.budget();
    if (left === 0) throw new TypeError('fetch failed');
    const response = await fetch(input, init);
    if (!response.body || left === Infinity) return response;
    return new Response(response.body.pipeThrough(cutAfter(left * 40)), response);
  };

  /** A `WebSocket` for the client's options. */
  get WebSocket(): typeof globalThis.WebSocket {
    const next = () => this.budget();
    const { repeats } = this;
    class Unreliable {
      readonly OPEN = 1;
      onopen: (() => void) | null = null;
      onmessage: ((message: { data: unknown }) => void) | null = null;
      onclose: ((close: { code: number; reason: string }) => void) | null = null;
      private readonly inner: WebSocket;
      private left = next();
      private frames = 0;

      constructor(url: string, protocol: string) {
        this.inner = new WebSocket(url, protocol);
        this.inner.onerror = () => undefined;
        this.inner.onopen = () => (this.left <= 0 ? this.cut() : this.onopen?.());
        this.inner.onmessage = ({ data }) => {
          this.onmessage?.({ data });
          if (repeats && this.frames++ % 3 === 2) this.onmessage?.({ data });
          this.left -= 1;
          if (this.left <= 0) this.cut();
        };
        this.inner.onclose = ({ code, reason }) => this.onclose?.({ code, reason });
      }

      get readyState() {
        return this.inner.readyState;
      }

      send(text: string) {
        this.inner.send(text);
      }

      close() {
        this.inner.close();
      }

      private cut() {
        this.inner.onmessage = this.inner.onclose = null;
        this.inner.close();
        this.onclose?.({ code: 1006, reason: '' });
      }
    }
    return Unreliable as unknown as typeof globalThis.WebSocket;
  }
}

function cutAfter(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left < 0) controller.error(new TypeError('terminated'));
    },
  });
}
