import { ENDED_RUN_STATUSES, RUN_END_TYPES } from '@planwright/contracts';
import { scriptedText, waitFor } from '@planwright/testing';
import { sha256 } from '../transcript.js';
import type { CrashStage } from './stage.js';

/** What a scenario did, and how it may end. */
export interface Play {
  projectId: string;
  /** Runs of the project, each once, in order; null where the project is deleted. */
  runs: readonly PlayedRun[] | null;
  /** Bodies of messages that end parked. Default none. */
  parked?: readonly string[];
}

interface PlayedRun {
  id: string;
  /** How it may end. Scripts of a provider die with its generator, so there may be several ways. */
  ends: readonly string[];
  /** Sections that may fail. */
  mayFail?: readonly string[];
}

const END_MS = 60_000;
const SETTLE_MS = 15_000;

/** Waits until the runs have ended, releasing what a script holds. Throws with the open steps after a minute. */
export async function untilEnded(stage: CrashStage, { runs }: Play): Promise<void> {
  for (const { id } of runs ?? []) {
    const ended = async () => {
      for (const section of await stage.held()) await stage.script((provider) => provider.release(section));
      const [run] = await stage.query<{ status: string }>('select status from runs where id = $1', [id]);
      return ENDED_RUN_STATUSES.some((status) => status === run?.status);
    };
    try {
      await waitFor(ended, { what: `run ${id} to end`, timeoutMs: END_MS });
    } catch (error) {
      const open = await stage.query(
        `select r.status run, s.section_id, s.status, s.attempt, s.losses, s.seen_at from runs r left join steps s
         on s.run_id = r.id and s.status not in ('succeeded', 'failed', 'cancelled') where r.id = $1`,
        [id],
      );
      throw new Error(`stuck: ${JSON.stringify(open)}`, { cause: error });
    }
  }
}

/** Everything that is wrong after a scenario whose runs have ended; empty where all is as if nobody had died. */
export async function audit(stage: CrashStage, play: Play): Promise<string[]> {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const found = await stage.query<{ id: string }>('select id from runs where project_id = $1 order by id', [
    play.projectId,
  ]);
  const expected = (play.runs ?? []).map(({ id }) => id).sort();
  check(
    JSON.stringify(found.map(({ id }) => id)) === JSON.stringify(expected),
    `the project has runs ${JSON.stringify(found)}, the client knows ${JSON.stringify(expected)}`,
  );
  for (const run of play.runs ?? []) faults.push(...(await auditRun(stage, run)));
  faults.push(...(await auditProject(stage, play.projectId, expected.length)));
  for (const [what, count] of [
    ['outbox rows', () => countOf(stage, 'select count(*)::int as count from outbox')],
    ['run_scopes', () => countOf(stage, 'select count(*)::int as count from run_scopes')],
    ['messages in queues', () => stage.queues.backlog()],
  ] as const) {
    let last = 0;
    await waitFor(async () => (last = await count()) === 0, { what, timeoutMs: SETTLE_MS }).catch(() => undefined);
    check(last === 0, `${last} ${what}`);
  }
  const wanted = JSON.stringify([...(play.parked ?? [])].sort());
  let parked = '';
  const all = async () => (parked = JSON.stringify(await stage.queues.parked())) === wanted;
  await waitFor(all, { what: 'what is parked', timeoutMs: SETTLE_MS }).catch(() => undefined);
  check(parked === wanted, `parked is ${parked}, not ${wanted}`);
  return faults;
}

interface SectionRow {
  step_id: string;
  section_id: string;
  title: string;
  document: string;
  output: string;
  status: string;
  content: string | null;
  sha256: string | null;
  step: string;
  attempt: number;
  usages: number;
}

async function auditRun(stage: CrashStage, { id, ends, mayFail = [] }: PlayedRun): Promise<string[]> {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const [run] = await stage.query<{ status: string; event_seq: number }>('select * from runs where id = $1', [id]);
  if (!run) return [`run ${id} is gone`];
  check(ends.includes(run.status), `the run ended as ${run.status}, not as ${ends.join(' or ')}`);
  const events = await stage.query<{ n: number; body: { type: string; section_id?: string; document_id?: string } }>(
    'select n, body from run_events where run_id = $1 order by n',
    [id],
  );
  check(
    events.every(({ n }, i) => n === i + 1) && events.length === run.event_seq,
    `event numbers ${events.map(({ n }) => n).join()} of ${run.event_seq}`,
  );
  const endings = events.filter(({ body }) => RUN_END_TYPES.some((type) => type === body.type));
  check(
    endings.length === 1 && endings[0] === events.at(-1),
    `${endings.length} ends, last ${events.at(-1)?.body.type}`,
  );
  const sections = await stage.query<SectionRow>(
    `select t.id step_id, s.section_id, s.title, d.kind document, s.status, s.content, s.sha256, t.status step, t.attempt,
       (select count(distinct u.attempt)::int from usage_ledger u where u.step_id = t.id) usages
     from steps t join sections s on s.version_id = t.version_id and s.section_id = t.section_id
     join document_versions v on v.id = t.version_id join documents d on d.id = v.document_id where t.run_id = $1`,
    [id],
  );
  for (const section of sections) {
    const { section_id, status, step, content, usages, attempt } = section;
    const told = events.filter(({ body }) => body.type === 'section_complete' && body.section_id === section_id).length;
    const may = run.status === 'cancelled' ? ['completed', 'cancelled'] : ['completed'];
    if (mayFail.includes(section_id)) may.push('failed');
    check(may.includes(status), `${section_id} is ${status}`);
    const stepOf: Record<string, string> = { completed: 'succeeded', failed: 'failed', cancelled: 'cancelled' };
    check(step === stepOf[status], `${section_id} is ${status}, its step ${step}`);
    check(told === (status === 'completed' ? 1 : 0), `${section_id} is ${status} and was told complete ${told} times`);
    if (status === 'completed') check(isItsText(section), `${section_id} has the text ${content}`);
    check(usages <= attempt, `${section_id} was charged ${usages} times in ${attempt} attempts`);
  }
  return faults;
}

/** As the scripted provider writes it: markdown names its section, a task list its tasks. */
function isItsText({ section_id, title, document, content, sha256: hash }: SectionRow): boolean {
  const markdown = scriptedText({ sectionId: section_id, title, document });
  if (content === null || sha256(content) !== hash) return false;
  return content === markdown || content.includes(`Task T1 of ${section_id}`);
}

async function auditProject(stage: CrashStage, projectId: string, runs: number): Promise<string[]> {
  const events = await stage.query<{ n: number; body: { type: string } }>(
    'select n, body from project_events where project_id = $1 order by n',
    [projectId],
  );
  const faults = events.every(({ n }, i) => n === i + 1) ? [] : ['project events have gaps'];
  const ended = events.filter(({ body }) => body.type === 'run.ended').length;
  return ended === runs ? faults : [...faults, `${ended} of ${runs} runs were told to have ended`];
}

async function countOf(stage: CrashStage, sql: string): Promise<number> {
  return (await stage.query<{ count: number }>(sql))[0]?.count ?? 0;
}
