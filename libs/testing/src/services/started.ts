/** A service that this test run started and has to stop. */
export interface Started {
  url: string;
  /** For the log: by which program or image. */
  how: string;
  stop: () => Promise<void>;
}
