import { randomUUID } from 'node:crypto';
import type { AnyMessage, LiveEvent, LiveEventBody } from '@planwright/contracts';
import {
  DEFAULT_WORKSPACE_ID,
  featuresChannel,
  makeMessage,
  projectChannel,
  TASK_EVENT_TYPES,
} from '@planwright/contracts';
import type { Client, From } from './clients.js';
import type { Replica, World } from './world.js';

const COUNT = 12;
const RUN = '0199f3a2-0000-7000-8000-000000000001';
const envelope = { workspace_id: DEFAULT_WORKSPACE_ID, run_id: null, causation_id: null, traceparent: null };
const cause = () => ({ ...envelope, id: randomUUID(), occurred_at: new Date().toISOString() });

/** A channel of a project, and what happens there. */
export interface ChannelKind {
  kind: string;
  channel(projectId: string): string;
  body(projectId: string, i: number): LiveEventBody;
  /** How who committed fact `n` tells of it. */
  message(projectId: string, n: number): AnyMessage;
}

export const CHANNEL_KINDS: readonly ChannelKind[] = [
  {
    kind: 'a project',
    channel: projectChannel,
    body: (_projectId, i) => ({
      type: TASK_EVENT_TYPES[i % TASK_EVENT_TYPES.length] ?? 'task.updated',
      run_id: i % 3 === 0 ? RUN : null,
      task: { id: randomUUID(), key: `T-${i}` },
    }),
    message: (project_id, n) => makeMessage('project.changed', { project_id, n, type: 'task.updated' }, cause()),
  },
  {
    kind: 'the features of a project',
    channel: featuresChannel,
    body: (project_id, i) => {
      const of = { run_id: RUN, feature_id: randomUUID() };
      if (i % 3 === 0) return { type: 'feature.progress', ...of, message: 'Generating spec...' };
      if (i % 3 === 1) return { type: 'feature.generated', ...of, task_count: i, message: 'Done', project_id };
      return { type: 'feature.generation.failed', ...of, error: 'It failed.', description: 'Swaps', project_id };
    },
    message: (project_id, n) =>
      makeMessage(
        'feature.progress',
        { project_id, feature_id: randomUUID(), n, message: 'Generating spec...' },
        { ...cause(), run_id: RUN },
      ),
  },
];

/** One channel of a kind, with a project of its own. */
export class ScriptedChannel {
  readonly name: string;
  private readonly projectId = randomUUID();
  private told = 0;

  constructor(
    private readonly world: World,
    private readonly kind: ChannelKind,
    workspaceId: string = DEFAULT_WORKSPACE_ID,
  ) {
    this.name = kind.channel(this.projectId);
    world.own(this.name, workspaceId);
  }

  /** The next facts are stored and told of; every second one is appended as well, as orchestrators do. */
  async tell(count: number): Promise<void> {
    for (const last = this.told + count; this.told < last;) {
      const body = this.kind.body(this.projectId, this.told);
      this.told += 1;
      const fact = this.world.store(this.name, body, (n) => this.kind.message(this.projectId, n));
      if (this.told % 2 === 0) await this.world.live.appendFacts(this.name, [fact]);
    }
  }

  /** Everything stored, as it stands in the log once that has it. */
  async events(): Promise<{ epoch: string; events: LiveEvent[] }> {
    return this.world.live.read(this.name, { after: 0, limit: 1_000 });
  }
}

export interface ChannelParts {
  world: World;
  channel: ScriptedChannel;
  foreign: ScriptedChannel;
  replicas: [Replica, Replica];
  follow(from?: From, options?: { replica?: Replica | undefined; channel?: string }): Promise<Client>;
}

export interface ChannelCase {
  name: string;
  check(parts: ChannelParts): Promise<void>;
}

const told = (count: number) => (client: Client) => client.told.length >= count;

/** What every transport must do with channels that have no end. */
export const CHANNEL_CASES: readonly ChannelCase[] = [
  {
    name: 'a follower is told what was and everything as it happens, once and in order',
    async check({ channel, follow }) {
      await channel.tell(2);
      const client = await follow();
      for (let count = 3; count <= COUNT; count += 1) {
        await channel.tell(1);
        await client.until(told(count));
      }
      expect(client.told).toEqual((await channel.events()).events);
      expect(client.closed).toBe(false);
    },
  },
  {
    name: 'cut after any event and resumed there, on any replica, it is told exactly what follows',
    async check({ channel, replicas, follow }) {
      await channel.tell(COUNT);
      await (await follow()).until(told(COUNT));
      const { epoch, events } = await channel.events();
      for (let after = 0; after < COUNT; after += 1) {
        const client = await follow({ epoch, after }, { replica: replicas[after % 2] });
        await client.until(told(COUNT - after));
        expect(client.told).toEqual(events.slice(after));
        await client.close();
      }
    },
  },
  {
    name: 'resumed where there is nothing new yet, it is told what comes',
    async check({ channel, follow }) {
      await channel.tell(4);
      await (await follow()).until(told(4));
      const { epoch } = await channel.events();
      const client = await follow({ epoch, after: 4 });
      await channel.tell(2);
      await client.until(told(2));
      expect(client.told.map((event) => event.seq)).toEqual([5, 6]);
    },
  },
  {
    name: 'with an epoch nobody knows, it is told to start again, and everything',
    async check({ channel, follow }) {
      await channel.tell(3);
      const client = await follow({ epoch: 'of-another-life', after: 2 });
      await client.until(told(4));
      expect(client.told.map(({ type, seq }) => [type === 'reset', seq])).toEqual([
        [true, 3],
        [false, 1],
        [false, 2],
        [false, 3],
      ]);
    },
  },
  {
    name: 'when the log is lost while it follows, it is told to start again, and everything that is stored',
    async check({ world, channel, follow }) {
      await channel.tell(5);
      const client = await follow();
      await client.until(told(5));
      await world.live.expire(channel.name, 0);
      await channel.tell(1);
      await client.until(told(12));
      expect(client.told[5]?.type).toBe('reset');
      expect(client.told.slice(6).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    },
  },
  {
    name: 'resumed at the end of a log that is lost then, and comes back as long as it was, it is told to start again',
    async check({ world, channel, follow }) {
      await channel.tell(4);
      await (await follow()).until(told(4));
      const { epoch } = await channel.events();
      const client = await follow({ epoch, after: 4 });
      await world.live.expire(channel.name, 0);
      await client.until(told(5));
      expect(client.told.map(({ type, seq }) => [type === 'reset', seq])).toEqual([
        [true, 4],
        [false, 1],
        [false, 2],
        [false, 3],
        [false, 4],
      ]);
      await channel.tell(1);
      await client.until(told(6));
    },
  },
  {
    name: 'when what it follows is deleted, it is not kept waiting: not found',
    async check({ world, channel, follow }) {
      await channel.tell(3);
      const client = await follow();
      await client.until(told(3));
      await world.delete(channel.name);
      // A stream just ends; whoever comes back is told why.
      await client.until(() => client.refused !== null || client.closed);
      if (client.refused) expect(client.refused.code).toBe('not_found');
      const again = await follow();
      await again.until(() => again.refused !== null);
      expect(again.refused?.code).toBe('not_found');
    },
  },
  {
    name: 'facts nobody was told of arrive all the same',
    async check({ world, channel, follow }) {
      const client = await follow();
      world.tells = false;
      await channel.tell(3);
      await client.until(told(3));
      expect(client.told.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    },
  },
  {
    name: 'one of another workspace and one that is not there are the same: not found',
    async check({ world, foreign, follow }) {
      const missing = foreign.name.replace(/[0-9a-f]{8}/, '00000000');
      expect(await world.channelOwner(missing)).toBeNull();
      for (const channel of [foreign.name, missing]) {
        const client = await follow(undefined, { channel });
        await client.until(() => client.refused !== null);
        expect(client.refused?.code).toBe('not_found');
      }
    },
  },
];
