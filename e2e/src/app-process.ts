import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

/** The repository. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const START_MS = 60_000;
const STOP_MS = 20_000;

export interface ProcessOptions {
  /** What its output is called when a test fails. */
  name: string;
  /** A built file, from the top of the repository. */
  file: string;
  args?: readonly string[];
  /** The address of a module that is loaded before the program. */
  preload?: string;
  /** Beside `PATH` and `HOME`, all it gets. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A line a process wrote. */
export interface Line {
  at: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

const processes = new Set<AppProcess>();

/** A program of this repository as a process of its own, on built code. Its output is kept. */
export class AppProcess {
  readonly name: string;
  readonly lines: Line[] = [];
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly messages: unknown[] = [];
  private end: Ended | undefined;
  private changed: (() => void)[] = [];

  constructor({ name, file, args = [], preload, env = {}, cwd }: ProcessOptions) {
    this.name = name;
    const path = ROOT + file;
    if (!existsSync(path))
      throw new Error(`${file} is not built: run "npm run build" first (npm test does it by itself)`);
    // Should the test be killed outright, this ends the program with it.
    const endWithParent = `${pathToFileURL(`${ROOT}scripts/end-with-parent.mjs`).href}?parent=${process.pid}`;
    const { PATH, HOME } = process.env;
    const imports = [endWithParent, ...(preload === undefined ? [] : [preload])].flatMap((url) => ['--import', url]);
    this.child = spawn(process.execPath, [...imports, path, ...args], {
      env: { PATH, HOME, ...env },
      cwd: cwd ?? ROOT,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    processes.add(this);
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = this.child[stream];
      if (input) createInterface({ input }).on('line', (text) => this.note({ at: Date.now(), stream, text }));
    }
    this.child.on('message', (message) => {
      this.messages.push(message);
      this.wake();
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.end = { code, signal };
        this.wake();
        resolve(this.end);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.end === undefined;
  }

  get stdout(): string {
    return this.text('stdout');
  }

  get stderr(): string {
    return this.text('stderr');
  }

  /** The first log entry with this message; throws with the output when the process ends before it. */
  logged(message: string): Promise<Record<string, unknown>> {
    return this.first(`to log "${message}"`, () => {
      for (const { text } of this.lines) {
        if (!text.startsWith('{')) continue;
        const entry = JSON.parse(text) as Record<string, unknown>;
        if (entry['msg'] === message) return entry;
      }
      return undefined;
    });
  }

  /** The first message of this type over the channel between parent and child. */
  said(type: string): Promise<Record<string, unknown>> {
    return this.first(`to say "${type}"`, () =>
      (this.messages as Record<string, unknown>[]).find((message) => message['type'] === type),
    );
  }

  /** The first line of its output that fits. */
  wrote(pattern: RegExp): Promise<string> {
    return this.first(`to write ${pattern.source}`, () => this.lines.find(({ text }) => pattern.test(text))?.text);
  }

  /** Says something over the channel between parent and child; nothing to one that has ended. */
  send(message: object): void {
    this.child.send(message, () => undefined);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it with no chance to react. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Ends it in order; one that takes too long is killed, which is an error. */
  async stop(): Promise<void> {
    if (this.end) return;
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_MS);
    this.signal('SIGTERM');
    // A process that a test has halted takes no other signal.
    this.signal('SIGCONT');
    const { signal } = await this.ended;
    clearTimeout(timer);
    if (signal === 'SIGKILL') throw new Error(`${this.name} did not stop within ${STOP_MS} ms${this.output()}`);
  }

  /** Its last lines, for the report of a failed test. */
  output(most = 60): string {
    const lines = this.lines.slice(-most).map(({ at, text }) => `  ${new Date(at).toISOString().slice(11)} ${text}`);
    const state = this.end ? `ended, ${this.end.signal ?? `code ${this.end.code}`}` : 'running';
    return `\n--- ${this.name} (${this.pid}, ${state})\n${lines.join('\n')}`;
  }

  private first<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited ${START_MS} ms in vain for ${this.name} ${what}${this.output()}`)),
        START_MS,
      );
      const look = () => {
        const found = find();
        if (found === undefined && !this.end) return void this.changed.push(look);
        clearTimeout(timer);
        if (found !== undefined) resolve(found);
        else reject(new Error(`${this.name} ended before it was seen ${what}${this.output()}`));
      };
      look();
    });
  }

  private text(stream: Line['stream']): string {
    return this.lines
      .filter((line) => line.stream === stream)
      .map(({ text }) => `${text}\n`)
      .join('');
  }

  private note(line: Line): void {
    this.lines.push(line);
    this.wake();
  }

  private wake(): void {
    for (const look of this.changed.splice(0)) look();
  }
}

/** The output of every process of this test file so far. */
export function allOutput(): string {
  return [...processes].map((process) => process.output()).join('\n');
}

/** For the end of a test file: whatever still runs is killed. Answers the names of those. */
export async function killAll(): Promise<string[]> {
  const left: string[] = [];
  for (const process of processes) {
    if (!process.running) continue;
    left.push(process.name);
    await process.kill();
  }
  processes.clear();
  return left;
}
