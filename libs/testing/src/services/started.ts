/** A service that this test run started and has to stop. */
export interface Started {
  /** Where it answers; a start after an end may have moved it to another port. */
  readonly url: string;
  /** For the log: by which program or image. */
  how: string;
  /** Ends it as a crash does, with SIGKILL. What it stored stays. */
  kill(): Promise<void>;
  /** Ends it as its operator does, in order. What it stored stays. */
  shutDown(): Promise<void>;
  /** Starts it again after `kill` or `shutDown`, with what it had stored, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** An end loses nothing that was confirmed to a client. Default false: nobody keeps what a test wrote. */
  durable?: boolean;
}
