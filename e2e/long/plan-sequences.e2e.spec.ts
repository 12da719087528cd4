import { createClient, PlanwrightError } from '@planwright/client';
import type { Client } from '@planwright/client';
import { taskETag } from '@planwright/contracts';
import type { TaskResource } from '@planwright/contracts';
import type { Distributed } from '../src/distributed.js';
import { startDistributed } from '../src/distributed.js';
import { IDEA, untilEnded } from '../src/driver.js';
import { beforeAll, leaveNothingRunning, test } from '../src/test.js';

const SEQUENCES = 1_000;
const AT_ONCE = 12;
const ACTS = 7;
/** A run that takes longer hangs: with twelve at once and a generator just killed, one may wait for minutes. */
const HANGING_MS = 300_000;
/** A generator is killed about once in so many sequences. */
const KILL_EVERY = 6;

let platform: Distributed;
beforeAll(async () => {
  platform = await startDistributed({ generators: 2 });
}, 90_000);
afterAll(() => platform.stop(), 60_000);

/** Numbers below `below`, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return state % below;
  };
}

/** One project, changed at random; what a person wrote and saw is remembered beside it. */
class Sequence {
  private readonly mine = new Map<string, Record<string, unknown>>();
  private readonly keys = new Map<string, string>();
  private projectId = '';
  private runs: string[] = [];

  constructor(
    private readonly client: Client,
    private readonly url: string,
    private readonly roll: (below: number) => number,
    private readonly done: Record<string, number>,
  ) {}

  async play(): Promise<void> {
    const project = await this.client.projects.create(IDEA);
    this.projectId = project.id;
    await this.run({ mode: 'draft' });
    for (let i = 0; i < ACTS; i++) {
      const acts = ['edit', 'edit', 'move', 'create', 'remove', 'tasks', 'section', 'cancel', 'activate'] as const;
      const act = acts[this.roll(acts.length)] ?? 'edit';
      await this[act]();
      this.done[act] = (this.done[act] ?? 0) + 1;
      await this.check(act);
    }
  }

  private async edit(): Promise<void> {
    const card = this.pick(await this.cards());
    if (!card) return;
    const change =
      this.roll(2) === 0 ? { title: `Mine ${this.roll(1_000)}` } : { description: `Mine ${this.roll(1_000)}` };
    await this.send('PATCH', `/tasks/${card.id}`, change, card);
    this.mine.set(card.id, { ...this.mine.get(card.id), ...change });
  }

  private async move(): Promise<void> {
    const cards = await this.cards();
    const card = this.pick(cards);
    if (!card) return;
    const status = ['todo', 'in_progress', 'done'][this.roll(3)] ?? 'todo';
    const near = this.pick(cards.filter((other) => other.status === status && other.id !== card.id));
    const place = near ? { [this.roll(2) === 0 ? 'before' : 'after']: near.id } : {};
    await this.send('POST', `/tasks/${card.id}/move`, { status, ...place }, card);
  }

  private async create(): Promise<void> {
    const title = `Made by hand ${this.roll(1_000)}`;
    const { id } = await this.send('POST', `/projects/${this.projectId}/tasks`, { title });
    this.mine.set(id, { title });
  }

  private async remove(): Promise<void> {
    const card = this.pick(await this.cards());
    if (!card) return;
    await this.send('DELETE', `/tasks/${card.id}`, undefined, card);
    this.mine.delete(card.id);
  }

  /** Another idea makes other tasks. */
  private async tasks(): Promise<void> {
    await this.client.projects.update(this.projectId, {
      idea: `${IDEA.idea} Also ${this.roll(50)} bicycles and a van.`,
    });
    await this.run({ stale: true });
  }

  private async section(): Promise<void> {
    const sections = ['problem_statement', 'goals_objectives', 'open_questions', 'next_steps', 'executive_summary'];
    await this.run({ sections: [sections[this.roll(sections.length)] ?? ''] });
  }

  private async cancel(): Promise<void> {
    const run = await this.client.runs.start(this.projectId, { documents: ['prd'], downstream: true });
    await new Promise((resolve) => setTimeout(resolve, this.roll(400)));
    await this.client.runs.cancel(run.id);
    await untilEnded(this.client, run.id, HANGING_MS);
  }

  private async activate(): Promise<void> {
    const { items } = await this.client.documents.list(this.projectId);
    const document = items[this.roll(items.length)];
    const versions = document ? (await this.client.documents.versions(document.id)).items : [];
    const version = this.pick(versions);
    if (!version) return;
    const isText = version.status === 'ready' || version.status === 'partial';
    const answer = this.client.versions.activate(version.id);
    if (isText) expect((await answer).active_version?.id).toBe(version.id);
    else await expect(answer).rejects.toMatchObject({ problem: { code: 'not_activatable' } });
  }

  /** Every edit is there, no key is another card's, ranks are of one card each, and what readers get is a text. */
  private async check(act: string): Promise<void> {
    const cards = await this.cards();
    for (const [id, fields] of this.mine) {
      expect([act, cards.find((card) => card.id === id)]).toMatchObject([act, fields]);
    }
    for (const { id, key } of [...cards, ...(await this.cards('?deleted=true&limit=100'))]) {
      expect([key, this.keys.get(key) ?? id]).toEqual([key, id]);
      this.keys.set(key, id);
    }
    const places = cards.map(({ status, rank }) => `${status} ${rank}`);
    expect(new Set(places).size).toBe(places.length);
    const { items } = await this.client.documents.list(this.projectId);
    for (const { id, active_version: active } of items) {
      if (!active) continue;
      expect([active.document_id, ['ready', 'partial'].includes(active.status)]).toEqual([id, true]);
    }
  }

  /** Starts a run and waits for its end; where there is nothing to do, nothing is. */
  private async run(body: Parameters<Client['runs']['start']>[1]): Promise<void> {
    try {
      const run = await this.client.runs.start(this.projectId, body);
      this.runs.push(run.id);
      expect(await untilEnded(this.client, run.id, HANGING_MS)).toMatchObject({ status: 'succeeded' });
    } catch (error) {
      if (!(error instanceof PlanwrightError) || error.problem?.code !== 'nothing_stale') throw error;
    }
  }

  private async cards(query = '?limit=100'): Promise<TaskResource[]> {
    const response = await fetch(`${this.url}/v1/projects/${this.projectId}/tasks${query}`);
    return ((await response.json()) as { items: TaskResource[] }).items;
  }

  private async send(method: string, path: string, body?: object, task?: TaskResource): Promise<TaskResource> {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...(task && { 'if-match': taskETag(task) }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as TaskResource;
  }

  private pick<T>(from: readonly T[]): T | undefined {
    return from.length > 0 ? from[this.roll(from.length)] : undefined;
  }
}

test(
  `${SEQUENCES} plans, edited, moved, regenerated, activated, cancelled, with generators killed: nothing of people is lost`,
  async () => {
    const done: Record<string, number> = {};
    let next = 0;
    const worker = async () => {
      for (let seed = next++; seed < SEQUENCES; seed = next++) {
        if (seed % KILL_EVERY === KILL_EVERY - 1) {
          const victim = platform.generators.find(({ running }) => running);
          victim?.signal('SIGKILL');
          await platform.startGenerator();
          done['kill'] = (done['kill'] ?? 0) + 1;
        }
        await new Sequence(createClient({ url: platform.url }), platform.url, dice(seed + 1), done).play();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    console.info(`acts: ${JSON.stringify(done)}`);
    for (const act of ['edit', 'move', 'tasks', 'section', 'cancel', 'activate', 'kill']) {
      expect([act, (done[act] ?? 0) > 0]).toEqual([act, true]);
    }
  },
  SEQUENCES * 20_000 + 60_000,
);

leaveNothingRunning();
