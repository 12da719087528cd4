import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@planwright/testing';
import { waitFor } from '@planwright/testing';
import { AppProcess } from '../app-process.js';
import type { ProcessOptions } from '../app-process.js';

export interface SupervisedOptions extends ProcessOptions {
  /** The services it connects to. */
  services: readonly [Service, ...Service[]];
  /** What it logs when it is ready. */
  readyMessage: string;
}

/** An end that nobody asked for. */
export interface Exit {
  name: string;
  at: number;
  how: string;
  /** False where it had not become ready: a service it needs at its start was away. */
  wasReady: boolean;
  /** Its last lines. */
  output: string;
}

/** As long as a platform waits before it starts again what ended by itself. */
const RESTART_AFTER_MS = 1_000;

/** One process that is started again whenever it ends, as Kubernetes does it. */
export class Supervised {
  /** Running and ended ones, in order of their start. */
  readonly incarnations: AppProcess[] = [];
  readonly exits: Exit[] = [];
  state: 'up' | 'frozen' | 'down' = 'down';
  private stopping = false;

  constructor(private readonly options: SupervisedOptions) {}

  get name(): string {
    return this.options.name;
  }

  get services(): SupervisedOptions['services'] {
    return this.options.services;
  }

  start(): void {
    const app = new AppProcess(this.options);
    this.incarnations.push(app);
    this.state = 'up';
    void app.ended.then(({ code, signal }) => this.ended(app, signal ?? `code ${code}`));
  }

  /** Waits until it says that it is ready, however often it has to be started for that. */
  async ready(timeoutMs: number): Promise<void> {
    await waitFor(() => this.current?.running && this.isReady(this.current), {
      what: `${this.name} to be ready`,
      timeoutMs,
    });
  }

  /** Ends it at once; it is back after `downMs`. */
  async kill(downMs: number): Promise<void> {
    const app = this.current;
    this.state = 'down';
    await app?.kill();
    await sleep(downMs);
    if (!this.stopping) this.start();
  }

  freeze(): void {
    this.state = 'frozen';
    this.current?.signal('SIGSTOP');
  }

  thaw(): void {
    if (this.state !== 'frozen') return;
    this.state = 'up';
    this.current?.signal('SIGCONT');
  }

  /** For good. */
  async end(): Promise<void> {
    this.stopping = true;
    this.state = 'down';
    const app = this.current;
    if (app?.running) await app.kill();
  }

  private get current(): AppProcess | undefined {
    return this.incarnations.at(-1);
  }

  private ended(app: AppProcess, how: string): void {
    if (this.stopping || this.state === 'down' || app !== this.current) return;
    this.state = 'down';
    this.exits.push({ name: this.name, at: Date.now(), how, wasReady: this.isReady(app), output: app.output(25) });
    setTimeout(() => {
      if (!this.stopping && this.state === 'down') this.start();
    }, RESTART_AFTER_MS);
  }

  private isReady(app: AppProcess): boolean {
    return app.lines.some(({ text }) => text.includes(this.options.readyMessage));
  }
}
