import { Client } from 'pg';

/** What the database holds once all is quiet. Instants in milliseconds since 1970. */
export interface Evidence {
  runs: RunRow[];
  steps: StepRow[];
  sections: SectionRow[];
  versions: VersionRow[];
  tasks: TaskRow[];
  events: EventRow[];
  leftovers: { scopes: number; outbox: number };
}

interface RunRow {
  id: string;
  /** Of the order it was made for. */
  token: string;
  status: string;
  createdAt: number;
  finishedAt: number | null;
  cancelRequestedAt: number | null;
}

interface StepRow {
  id: string;
  runId: string;
  document: string;
  sectionId: string;
  status: string;
  attempt: number;
  tries: number;
  problem: string | null;
  finishedAt: number | null;
}

interface SectionRow {
  runId: string;
  document: string;
  sectionId: string;
  status: string;
  content: string | null;
  draft: string | null;
}

interface VersionRow {
  documentId: string;
  number: number;
  runId: string;
  status: string;
}

interface TaskRow {
  projectId: string;
  title: string;
  description: string;
}

interface EventRow {
  runId: string;
  n: number;
  type: string;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const QUERIES = {
  runs: `
    select r.id, coalesce(substring(p.idea from 'chaos-[a-z0-9]+-[0-9]+'), '') as token, r.status,
           ${ms('r.created_at')} as "createdAt", ${ms('r.finished_at')} as "finishedAt",
           ${ms('r.cancel_requested_at')} as "cancelRequestedAt"
    from runs r join projects p on p.id = r.project_id`,
  steps: `
    select s.id, s.run_id as "runId", d.kind as document, s.section_id as "sectionId", s.status, s.attempt, s.tries,
           s.problem ->> 'code' as problem, ${ms('s.finished_at')} as "finishedAt"
    from steps s join documents d on d.id = s.document_id`,
  sections: `
    select v.run_id as "runId", d.kind as document, s.section_id as "sectionId", s.status, s.content, s.draft
    from sections s join document_versions v on v.id = s.version_id join documents d on d.id = v.document_id`,
  versions: `
    select document_id as "documentId", number, run_id as "runId", status from document_versions`,
  tasks: `
    select project_id as "projectId", title, description from tasks where retired_at is null and deleted_at is null`,
  events: `
    select run_id as "runId", n, body ->> 'type' as type from run_events order by run_id, n`,
};

export async function gatherEvidence(url: string): Promise<Evidence> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const all = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
    const [leftovers] = await all<Evidence['leftovers']>(
      'select (select count(*)::int from run_scopes) as scopes, (select count(*)::int from outbox) as outbox',
    );
    return {
      runs: await all<RunRow>(QUERIES.runs),
      steps: await all<StepRow>(QUERIES.steps),
      sections: await all<SectionRow>(QUERIES.sections),
      versions: await all<VersionRow>(QUERIES.versions),
      tasks: await all<TaskRow>(QUERIES.tasks),
      events: await all<EventRow>(QUERIES.events),
      leftovers: leftovers ?? { scopes: -1, outbox: -1 },
    };
  } finally {
    await client.end();
  }
}
