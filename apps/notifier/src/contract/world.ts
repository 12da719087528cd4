import { randomUUID } from 'node:crypto';
import type { LiveEventBody, RunEventBody } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, makeMessage, runChannel } from '@planwright/contracts';
import type { LiveLog, NumberedFact } from '@planwright/live';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, HealthRegistry } from '@planwright/runtime';
import { AUTH, FACT_STORE } from '../ports.js';
import type { Auth, FactSource, FactStore } from '../ports.js';
import { createServer } from '../server.js';
import type { NotifierSettings } from '../settings.js';

const openAuth: Auth = { localOnly: true, authenticate: async () => ({ workspaceId: DEFAULT_WORKSPACE_ID }) };

/** One replica under test. */
export interface Replica {
  url: string;
  app: NestFastifyApplication;
}

/** What stands in for PostgreSQL and the broker; the live log is a real one. */
export class World implements FactStore {
  readonly replicas: Replica[] = [];
  private readonly facts = new Map<string, NumberedFact[]>();
  private readonly owners = new Map<string, string>();
  private readonly listeners = new Set<Parameters<FactSource['subscribe']>[0]['handle']>();
  /** False: the broker loses everything. */
  tells = true;
  /** True: the database does not answer. */
  down = false;

  constructor(readonly live: LiveLog) {}

  readonly broker: FactSource = {
    subscribe: async ({ handle }) => {
      this.listeners.add(handle);
      return { close: async () => void this.listeners.delete(handle) };
    },
  };

  async replica(options: { auth?: Auth; settings?: Partial<NotifierSettings> } = {}): Promise<Replica> {
    const { auth = openAuth, settings = {} } = options;
    const log = createLogger('notifier', 'fatal');
    const ports = [
      { provide: FACT_STORE, useValue: this },
      { provide: AUTH, useValue: auth },
    ];
    const parts = { broker: this.broker, live: this.live, log, ports, settings };
    const app = await createServer(parts, new HealthRegistry());
    await app.listen(0, '127.0.0.1');
    const replica = { url: await app.getUrl(), app };
    this.replicas.push(replica);
    return replica;
  }

  async close(): Promise<void> {
    await Promise.all(this.replicas.map(({ app }) => app.close()));
    await this.live.close();
  }

  newRun(workspaceId: string = DEFAULT_WORKSPACE_ID): ScriptedRun {
    const run = new ScriptedRun(this, randomUUID());
    this.own(run.channel, workspaceId);
    return run;
  }

  own(channel: string, workspaceId: string): void {
    this.owners.set(channel, workspaceId);
    this.facts.set(channel, []);
  }

  /** Deletes what a channel tells of, as gateways do: the rows first, then the log. */
  async delete(channel: string): Promise<void> {
    this.owners.delete(channel);
    this.facts.delete(channel);
    await this.live.expire(channel, 0);
  }

  /** Commits a fact: stored, and told to everybody who listens; not in the live log yet. */
  store(
    channel: string,
    body: LiveEventBody,
    message: (n: number) => Parameters<Parameters<FactSource['subscribe']>[0]['handle']>[0],
  ): NumberedFact {
    const stored = this.facts.get(channel) ?? [];
    const fact = { n: stored.length + 1, at: new Date().toISOString(), body };
    stored.push(fact);
    if (this.tells) for (const handle of this.listeners) void handle(message(fact.n));
    return fact;
  }

  async runEvents(runId: string, afterN: number, limit: number) {
    return this.page(runChannel(runId), afterN, limit);
  }

  async projectEvents(projectId: string, afterN: number, limit: number) {
    return this.page(`project.${projectId}`, afterN, limit);
  }

  async featureEvents(projectId: string, afterN: number, limit: number) {
    return this.page(`project.${projectId}.features`, afterN, limit);
  }

  async channelOwner(channel: string): Promise<string | null> {
    if (this.down) throw new Error('connection refused');
    return this.owners.get(channel) ?? null;
  }

  private page(channel: string, afterN: number, limit: number): NumberedFact[] {
    if (this.down) throw new Error('connection refused');
    return (this.facts.get(channel) ?? []).slice(afterN, afterN + limit);
  }
}

/** What the orchestrator and the generator do to one run. */
export class ScriptedRun {
  readonly channel: string;
  readonly documentId = randomUUID();
  readonly texts = new Map<string, string>();
  private readonly begun = new Map<string, { epoch: string; attempt: number }>();

  constructor(
    private readonly world: World,
    readonly id: string,
  ) {
    this.channel = runChannel(id);
  }

  /** `appended: false`: the orchestrator did not reach the log. */
  async fact(body: RunEventBody, appended = true): Promise<void> {
    const envelope = { id: randomUUID(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID };
    const cause = { run_id: this.id, causation_id: null, traceparent: null };
    const fact = this.world.store(this.channel, body, (n) =>
      makeMessage(
        'run.progressed',
        { run_id: this.id, project_id: this.id, n, document: 'prd', document_id: this.documentId },
        { ...envelope, ...cause },
      ),
    );
    if (appended) await this.world.live.appendFacts(this.channel, [fact]);
  }

  async start(section: string, attempt = 1): Promise<void> {
    this.texts.set(section, '');
    const answer = await this.world.live.appendSection(
      this.channel,
      { type: 'section_started', ...this.at(section), attempt },
      null,
    );
    if (answer.status === 'ok') this.begun.set(section, { epoch: answer.epoch, attempt });
  }

  async write(section: string, content: string): Promise<void> {
    const offset = this.texts.get(section)?.length ?? 0;
    this.texts.set(section, `${this.texts.get(section) ?? ''}${content}`);
    const { epoch, attempt } = this.begun.get(section) ?? { epoch: null, attempt: 1 };
    const body = { type: 'chunk' as const, ...this.at(section), attempt, offset, content };
    const answer = await this.world.live.appendSection(this.channel, body, epoch);
    if (answer.status !== 'epoch') return;
    // As the generator does: begin again in the new log, with the text from offset 0.
    const text = this.texts.get(section) ?? '';
    await this.start(section, attempt);
    this.texts.set(section, '');
    await this.write(section, text);
  }

  async complete(section: string, appended = true): Promise<void> {
    const content = this.texts.get(section) ?? '';
    const attempt = this.begun.get(section)?.attempt ?? 1;
    const proof = { title: section, content, length: content.length, sha256: 'a'.repeat(64) };
    await this.fact({ type: 'section_complete', ...this.at(section), attempt, ...proof }, appended);
  }

  stage(sections: string[]): Promise<void> {
    const { document, document_id } = this.at('');
    return this.fact({ type: 'stage', run_id: this.id, document, document_id, stage: 1, sections });
  }

  end(appended = true): Promise<void> {
    return this.fact(
      { type: 'complete', run_id: this.id, prd_id: this.documentId, error: null, problem: null },
      appended,
    );
  }

  private at(section_id: string) {
    return { run_id: this.id, document: 'prd', document_id: this.documentId, section_id };
  }
}

/** A whole run, one step at a time: two sections side by side, a second attempt of one of them, an end. */
export const WHOLE_RUN: ((run: ScriptedRun) => Promise<void>)[] = [
  (run) => run.stage(['a', 'b']),
  (run) => run.start('a'),
  (run) => run.write('a', 'The '),
  (run) => run.start('b'),
  (run) => run.write('b', '😀'),
  (run) => run.write('a', 'first'),
  (run) => run.start('b', 2),
  (run) => run.write('b', 'Second '),
  (run) => run.write('a', ' text'),
  (run) => run.complete('a'),
  (run) => run.write('b', 'attempt'),
  (run) => run.complete('b'),
  (run) => run.end(),
];
