import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedProviderClient, serviceAddresses, startTcpProxy, testPrefix, throughProxy } from '@planwright/testing';
import type { TcpProxy } from '@planwright/testing';
import { Client } from 'pg';
import { AppProcess } from '../app-process.js';
import { deleteTopology } from '../broker.js';
import { migratedDatabase } from '../distributed.js';
import { Instruments } from './instruments.js';
import type { Armed } from './instruments.js';
import { ROLES } from './places.js';
import type { Role } from './places.js';
import { Queues } from './queues.js';

const FILES: Readonly<Record<Role, string>> = {
  gateway: 'apps/gateway/dist/main.js',
  orchestrator: 'apps/orchestrator/dist/main.js',
  generator: 'e2e/dist/scripted-generator.js',
};

const ASK_MS = 30_000;

export interface Death extends Armed {
  role: Role;
  at: number;
  /** When its successor was ready; undefined before. */
  backAt?: number;
}

/** What the gateway answered. */
interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * One process of each role on the shared services, the three of the engine instrumented. A process that dies at the point
 * it was armed for is started again at once; one that ends otherwise without being told to is kept in `faults`.
 */
export class CrashStage {
  readonly deaths: Death[] = [];
  readonly faults: string[] = [];
  private readonly current = new Map<Role, AppProcess>();
  private readonly starting = new Map<Role, Promise<void>>();
  private readonly armed = new Map<Role, Armed>();
  private readonly leaving = new Set<AppProcess>();
  private notifier: AppProcess | undefined;
  private arms = 0;
  private provider: ScriptedProviderClient | undefined;

  private constructor(
    readonly queues: Queues,
    /** Before the broker, for every process. */
    readonly wire: TcpProxy,
    /** Deletes what the platform has in Redis. */
    readonly emptyRedis: () => Promise<void>,
    private readonly rows: Client,
    private readonly env: Readonly<Record<string, string>>,
    readonly instruments: Instruments,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async open(): Promise<CrashStage> {
    const database = await migratedDatabase();
    const names = testPrefix();
    const { rabbitmq, redis } = serviceAddresses();
    const instruments = await Instruments.prepare();
    const rows = new Client({ connectionString: database.url });
    // The database goes before its connection does.
    rows.on('error', () => undefined);
    await rows.connect();
    const queues = await Queues.open(names.prefix);
    const wire = await startTcpProxy(rabbitmq);
    const env = {
      PLANWRIGHT_PROVIDER: 'offline',
      // Fewer than a stage has sections, so that steps wait for a slot.
      GENERATOR_CONCURRENCY: '2',
      PORT: '0',
      DATABASE_URL: database.url,
      RABBITMQ_URL: throughProxy(rabbitmq, wire),
      REDIS_URL: redis,
      PLANWRIGHT_PREFIX: names.prefix,
    };
    const stage = new CrashStage(
      queues,
      wire,
      () => names.deleteKeys(),
      rows,
      env,
      instruments,
      async () => {
        await rows.end();
        await queues.close();
        await wire.close();
        await deleteTopology(rabbitmq, names.prefix);
        await names.deleteKeys();
        await database.drop();
        await instruments.remove();
      },
    );
    try {
      await stage.begin();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  async query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.rows.query<Row>(sql, values)).rows;
  }

  get databaseUrl(): string {
    return this.env['DATABASE_URL'] ?? '';
  }

  /** Arms a running process. It may die before this resolves. */
  async arm(role: Role, armed: Armed): Promise<void> {
    await this.settled();
    const app = this.app(role);
    const id = ++this.arms;
    this.armed.set(role, armed);
    app.send({ type: 'arm', id, ...armed });
    await Promise.race([app.said(`armed ${id}`), app.ended]).catch((error: unknown) => {
      if (app.running) throw error;
    });
  }

  async disarm(role: Role): Promise<void> {
    await this.arm(role, { point: '', nth: 0 });
    this.armed.delete(role);
  }

  /** Kills a process at no particular point. */
  async kill(role: Role): Promise<void> {
    await this.settled();
    const app = this.app(role);
    this.leaving.add(app);
    await app.kill();
  }

  /** Stops a process in order, or learns that it died at its point meanwhile; it is not started again. */
  async stop(role: Role): Promise<void> {
    await this.settled();
    const app = this.app(role);
    this.leaving.add(app);
    app.signal('SIGTERM');
    await app.ended;
    if (diedAtPoint(app)) this.noteDeath(role);
  }

  /** Starts a process, armed from its first moment on if so wished; resolves when one of the role is ready. */
  async start(role: Role, armed?: Armed): Promise<void> {
    const death = this.deaths.findLast((known) => known.role === role && known.backAt === undefined);
    await this.launch(role, armed);
    if (death) death.backAt ??= Date.now();
  }

  async halt(role: Role): Promise<void> {
    await this.settled();
    this.app(role).signal('SIGSTOP');
  }

  resume(role: Role): void {
    this.app(role).signal('SIGCONT');
  }

  /** Waits until every process that died is back. */
  async settled(): Promise<void> {
    while (this.starting.size > 0) await Promise.all(this.starting.values());
  }

  /** Asks the gateway, again and again while there is none: what a client does whose connection broke. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const giveUpAt = Date.now() + ASK_MS;
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    for (;;) {
      try {
        const { url } = await this.app('gateway').logged('gateway is ready');
        const init = {
          method,
          headers: { ...json, ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        };
        const response = await fetch(`${String(url)}/v1${path}`, init);
        const text = await response.text();
        return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
      } catch (error) {
        if (Date.now() > giveUpAt) throw error;
        await sleep(50);
        await this.settled();
      }
    }
  }

  /** Controls of the provider; those of a generator that has gone do nothing. */
  async script(work: (provider: ScriptedProviderClient) => Promise<unknown>): Promise<void> {
    await this.settled();
    try {
      if (this.provider) await work(this.provider);
    } catch {
      // Its generator died: its scripts went with it.
    }
  }

  /** Sections whose calls are held by their scripts. */
  async held(): Promise<string[]> {
    const sections: string[] = [];
    await this.script(async (provider) => {
      for (const { state, sectionId } of await provider.calls()) if (state === 'held') sections.push(sectionId);
    });
    return sections;
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    for (const app of [...this.current.values(), this.notifier]) {
      if (!app?.running) continue;
      this.leaving.add(app);
      app.signal('SIGCONT');
      await app.kill();
    }
    await this.cleanUp();
  }

  private async begin(): Promise<void> {
    this.notifier = new AppProcess({ name: 'notifier', file: 'apps/notifier/dist/main.js', env: this.env });
    await this.notifier.logged('notifier is ready');
    await Promise.all(ROLES.map((role) => this.start(role)));
  }

  private app(role: Role): AppProcess {
    const app = this.current.get(role);
    if (!app) throw new Error(`there is no ${role}`);
    return app;
  }

  private async launch(role: Role, armed?: Armed): Promise<void> {
    if (armed) this.armed.set(role, armed);
    const { url } = (await this.notifier?.logged('notifier is ready')) ?? {};
    const app = new AppProcess({
      name: role,
      file: FILES[role],
      preload: this.instruments.preload(role, armed),
      env: { ...this.env, NOTIFIER_URL: String(url) },
    });
    this.current.set(role, app);
    try {
      await app.logged(`${role} is ready`);
      if (role === 'generator') {
        const { control } = await app.logged('scripted provider is ready');
        this.provider = new ScriptedProviderClient(String(control));
      }
    } catch (error) {
      if (!diedAtPoint(app)) throw error;
      const death = this.noteDeath(role);
      await this.launch(role);
      death.backAt = Date.now();
      return;
    }
    void app.ended.then(() => this.onEnd(role, app));
  }

  private onEnd(role: Role, app: AppProcess): void {
    if (this.leaving.has(app)) return;
    if (!diedAtPoint(app)) return void this.faults.push(`${role} ended by itself${app.output(20)}`);
    const death = this.noteDeath(role);
    const back = this.launch(role)
      .then(() => void (death.backAt = Date.now()))
      .catch((error: unknown) => void this.faults.push(`${role} did not come back: ${String(error)}`))
      .finally(() => this.starting.delete(role));
    this.starting.set(role, back);
  }

  private noteDeath(role: Role): Death {
    const armed = this.armed.get(role) ?? { point: '?', nth: 0 };
    this.armed.delete(role);
    const death: Death = { ...armed, role, at: Date.now() };
    this.deaths.push(death);
    return death;
  }
}

function diedAtPoint(app: AppProcess): boolean {
  return app.lines.some(({ stream, text }) => stream === 'stderr' && text.startsWith('crash point: '));
}
