/** A WebSocket whose server is the test: knows what it was sent, and says what it is told. */
export class ScriptedSocket {
  static made: ScriptedSocket[] = [];
  /** Called when a socket has opened. */
  static script: (socket: ScriptedSocket, nth: number) => void = () => undefined;

  readonly OPEN = 1;
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number; reason: string }) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    const nth = ScriptedSocket.made.push(this);
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
      ScriptedSocket.script(this, nth);
    });
  }

  static reset(script: (socket: ScriptedSocket, nth: number) => void): typeof globalThis.WebSocket {
    ScriptedSocket.made = [];
    ScriptedSocket.script = script;
    return ScriptedSocket as unknown as typeof globalThis.WebSocket;
  }

  static get open(): number {
    return ScriptedSocket.made.filter(({ readyState }) => readyState < 2).length;
  }

  say(...frames: object[]): this {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
    return this;
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }
}
