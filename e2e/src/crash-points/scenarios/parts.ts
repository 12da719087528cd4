import { randomUUID } from 'node:crypto';
import type { MessageName } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { IDEA } from '../../driver.js';
import type { CrashStage } from '../stage.js';
import type { Victim } from './scenario.js';

/** The section every run begins with, and the one after it. */
export const FIRST = 'problem_statement';
export const SECOND = 'goals_objectives';
const HELD = { holdAfter: 3 };
/** What the shortest run asks for. */
export const PRD = { documents: ['prd'], mode: 'draft' };

/** Only who is to die is armed. */
export async function arm(stage: CrashStage, { role, armed }: Victim): Promise<void> {
  if (armed) await stage.arm(role, armed);
}

/** Forgets what was scripted before, and holds the calls for one section in the middle of its text. */
export async function hold(stage: CrashStage, section: string): Promise<void> {
  await stage.script((provider) => provider.reset());
  await stage.script((provider) => provider.script(section, HELD));
}

/** Lets what is held go on. */
export async function letGo(stage: CrashStage): Promise<void> {
  await stage.script((provider) => provider.script(SECOND, {}));
  for (const section of await stage.held()) await stage.script((provider) => provider.release(section));
}

/** A project with an idea. */
export async function newProject(stage: CrashStage): Promise<string> {
  return await change(stage, '/projects', IDEA, 201);
}

/** A run of a project; by default one of the shortest kind. */
export async function startRun(stage: CrashStage, projectId: string, request: object = PRD): Promise<string> {
  return await change(stage, `/projects/${projectId}/runs`, request, 202);
}

/** The id of what is made. As a client asks that must not make two: again and again with one key, until it is told. */
export async function change(stage: CrashStage, path: string, request: object, expected: number): Promise<string> {
  const { status, body } = await stage.ask('POST', path, request, { 'idempotency-key': randomUUID() });
  const { id } = body;
  if (status !== expected || typeof id !== 'string') throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return id;
}

/** A run with its first section written and its second one held half way. */
export async function runInTheMiddle(stage: CrashStage): Promise<{ projectId: string; id: string }> {
  await hold(stage, SECOND);
  const projectId = await newProject(stage);
  const id = await startRun(stage, projectId);
  await untilHeld(stage, id, SECOND);
  return { projectId, id };
}

/** Makes a wait of the run as long ago as if it had been waited for. */
export async function hasten(stage: CrashStage, runId: string): Promise<void> {
  await waitFor(
    async () => {
      const sql = `update steps set next_attempt_at = now() where run_id = $1 and status = 'delayed' returning id`;
      const ended = `select from runs where id = $1 and finished_at is not null`;
      for (const section of await stage.held()) await stage.script((provider) => provider.release(section));
      return (await stage.query(sql, [runId])).length > 0 || (await stage.query(ended, [runId])).length > 0;
    },
    { what: 'a step to be delayed', timeoutMs: 30_000 },
  );
}

/** Makes what the run has sent out look long ago. */
export async function seemSilent(stage: CrashStage, runId: string): Promise<void> {
  const sql = `update steps set seen_at = seen_at - interval '10 minutes' where run_id = $1 and attempt > 0`;
  await stage.query(sql, [runId]);
}

/** Until the run's first command is with the broker or further. */
export async function untilCommanded(stage: CrashStage, runId: string): Promise<void> {
  const sql = `select from steps where run_id = $1 and admitted_at is not null and not exists (select from outbox)`;
  const commanded = async () => (await stage.query(sql, [runId])).length > 0;
  await waitFor(commanded, { what: 'a command to be sent', timeoutMs: 20_000 });
}

export async function untilHeld(stage: CrashStage, runId: string, section: string): Promise<void> {
  await waitFor(async () => (await stage.held()).includes(section), { what: `${section} of ${runId} to be held` });
}

/** Of other messages, rows may stay that an orchestrator sent and did not come to delete before it was killed. */
export async function untilSent(stage: CrashStage, name: MessageName): Promise<void> {
  const sent = async () => (await stage.query('select from outbox where name = $1', [name])).length === 0;
  await waitFor(sent, { what: `${name} to be sent` });
}

export async function untilStatus(stage: CrashStage, runId: string, statuses: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      const [run] = await stage.query<{ status: string }>('select status from runs where id = $1', [runId]);
      return statuses.includes(run?.status ?? '');
    },
    { what: `run ${runId} to be ${statuses.join(' or ')}`, timeoutMs: 60_000 },
  );
}
