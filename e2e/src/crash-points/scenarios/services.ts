import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDED_RUN_STATUSES } from '@planwright/contracts';
import { QUEUES } from '@planwright/messaging';
import { waitFor } from '@planwright/testing';
import { Client } from 'pg';
import type { CrashStage } from '../stage.js';
import {
  arm,
  change,
  FIRST,
  hasten,
  hold,
  letGo,
  newProject,
  PRD,
  runInTheMiddle,
  SECOND,
  seemSilent,
  startRun,
  untilCommanded,
  untilSent,
  untilStatus,
} from './parts.js';
import type { Scenario } from './scenario.js';

const COMMANDS = 'step.generate.interactive';

/** What the broker and the database do, and what gets lost between them. */
export const SERVICES: readonly Scenario[] = [
  {
    name: 'commands come twice',
    async play(stage, victim) {
      const copies = await stage.queues.copyCommands(COMMANDS);
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      const again = () => copies.forEach((body) => stage.queues.put(QUEUES.generatorInteractive, body));
      again();
      await change(stage, `/runs/${id}/cancel`, {}, 202);
      await untilStatus(stage, id, ENDED_RUN_STATUSES);
      again();
      await waitFor(async () => (await stage.queues.backlog()) === 0, { what: 'the copies to be read' });
      return { projectId, runs: [{ id, ends: ['cancelled'] }] };
    },
  },
  {
    name: 'connections to the broker break',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      stage.wire.cut();
      await letGo(stage);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'connections break before a run',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await arm(stage, victim);
      stage.wire.cut();
      const id = await startRun(stage, projectId);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'the broker is away when a step is due',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      const down = { code: 'server_error' as const, detail: 'Something went wrong', resets_at: null };
      await stage.script((provider) => provider.script('proposed_solution', { end: down }, {}));
      await letGo(stage);
      const delayed = `select from steps where run_id = $1 and status = 'delayed'`;
      await waitFor(async () => (await stage.query(delayed, [id])).length > 0, { what: 'a step to be delayed' });
      await arm(stage, victim);
      stage.wire.refuse();
      try {
        await hasten(stage, id);
        await sleep(1_500);
      } finally {
        stage.wire.resume();
      }
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a result finds no queue',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      // Until the last of a generator's tries to publish a result.
      const bound = stage.queues.keepUnbound('step.generated', 5_000);
      await letGo(stage);
      await bound;
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a start finds no queue',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await arm(stage, victim);
      await stage.halt('generator');
      const id = await startRun(stage, projectId);
      await untilCommanded(stage, id);
      const bound = stage.queues.keepUnbound('step.started', 2_000);
      stage.resume('generator');
      await bound;
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'messages nobody can read',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      const parked = [`{ ${randomUUID()}`, `{ ${randomUUID()}`] as const;
      stage.queues.put(QUEUES.orchestrator, Buffer.from(parked[0]));
      stage.queues.put(QUEUES.generatorInteractive, Buffer.from(parked[1]));
      await untilParked(stage, parked.length);
      return { projectId, runs: [{ id, ends: ['succeeded'] }], parked };
    },
  },
  {
    name: 'a command in the wrong queue',
    async play(stage, victim) {
      const copies = await stage.queues.copyCommands(COMMANDS);
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      const command = copies.at(-1);
      if (!command) throw new Error('there was no command');
      stage.queues.put(QUEUES.orchestrator, command);
      await untilParked(stage, 1);
      const parked = [command.toString()];
      return { projectId, runs: [{ id, ends: ['partial', 'succeeded'], mayFail: [SECOND] }], parked };
    },
  },
  {
    name: 'the database hangs up',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      const blocker = new Client({ connectionString: stage.databaseUrl });
      await blocker.connect();
      const waiting = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and application_name = 'planwright-orchestrator' and wait_event_type = 'Lock'`;
      try {
        await blocker.query('begin');
        await blocker.query('select from runs where id = $1 for update', [id]);
        await letGo(stage);
        const ended = async () => (await stage.query(waiting)).length > 0;
        await waitFor(ended, { what: 'the orchestrator to wait for the run', timeoutMs: 20_000 });
      } finally {
        await blocker.end();
      }
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'handlers fail for a moment',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      await stage.query('alter table run_events rename to run_events_away');
      try {
        await letGo(stage);
        await sleep(1_000);
      } finally {
        await stage.query('alter table run_events_away rename to run_events');
      }
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'Redis is emptied',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      // Time enough for steps to be admitted while no generator's slots are known.
      const empty = keepEmpty(stage, 2_000);
      await letGo(stage);
      await empty;
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a start gets lost',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await stage.kill('orchestrator');
      const id = await startRun(stage, projectId);
      await untilSent(stage, 'run.start');
      await stage.queues.purge(QUEUES.orchestrator);
      await stage.start('orchestrator');
      await arm(stage, victim);
      await stage.query(`update runs set created_at = created_at - interval '10 minutes' where id = $1`, [id]);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a cancel gets lost',
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await stage.kill('orchestrator');
      await change(stage, `/runs/${id}/cancel`, {}, 202);
      await untilSent(stage, 'run.cancel');
      await stage.queues.purge(QUEUES.orchestrator);
      await stage.start('orchestrator');
      await arm(stage, victim);
      const sql = `update runs set cancel_requested_at = cancel_requested_at - interval '10 minutes' where id = $1`;
      await stage.query(sql, [id]);
      await untilStatus(stage, id, ENDED_RUN_STATUSES);
      return { projectId, runs: [{ id, ends: ['cancelled'] }] };
    },
  },
  {
    name: 'a command gets lost',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await stage.halt('generator');
      const id = await startRun(stage, projectId);
      await untilCommanded(stage, id);
      // What it has in its hands goes back to the queue with its end.
      await stage.kill('generator');
      const back = async () => (await stage.queues.waiting(QUEUES.generatorInteractive)) > 0;
      await waitFor(back, { what: 'the command to be back' });
      await stage.queues.purge(QUEUES.generatorInteractive);
      await stage.start('generator');
      await arm(stage, victim);
      await seemSilent(stage, id);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a run that others wait for is gone',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await stage.kill('orchestrator');
      const gone = await startRun(stage, projectId);
      const id = await startRun(stage, projectId, { ...PRD, on_conflict: 'enqueue' });
      await stage.query('delete from runs where id = $1', [gone]);
      // Its first look round already finds the run that waits.
      await stage.start('orchestrator', victim.role === 'orchestrator' ? victim.armed : undefined);
      if (victim.role !== 'orchestrator') await arm(stage, victim);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
];

/** At least so many: a process that dies between parking a message and acknowledging it parks it twice. */
async function untilParked(stage: CrashStage, messages: number): Promise<void> {
  const there = async () => (await stage.queues.waiting(QUEUES.parked)) >= messages;
  await waitFor(there, { what: `${messages} messages to be parked`, timeoutMs: 30_000 });
}

async function keepEmpty(stage: CrashStage, durationMs: number): Promise<void> {
  for (const until = Date.now() + durationMs; Date.now() < until; await sleep(10)) await stage.emptyRedis();
}
