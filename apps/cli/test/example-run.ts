import type {
  RunEventBody,
  RunLiveEvent,
  RunResource,
  TaskResource,
  VersionResource,
  VersionSection,
} from '@planwright/contracts';

/** A small run: a PRD of three stages, a tech spec of one section, a task list. */
const id = (n: number) => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;
export const RUN = id(1);
export const PROJECT = id(2);
const AT = '2026-11-21T09:30:00.000Z';

export const DOCUMENTS = {
  prd: {
    id: id(10),
    version_id: id(11),
    stages: [['problem_statement'], ['success_metrics', 'appendix'], ['executive_summary']],
  },
  tech_spec: { id: id(20), version_id: id(21), stages: [['tech_summary']] },
  task_set: { id: id(30), version_id: id(31), stages: [['tasks']] },
} as const;
export type Kind = keyof typeof DOCUMENTS;
const KINDS = Object.keys(DOCUMENTS) as Kind[];

const TITLES: Record<string, string> = {
  problem_statement: 'Problem Statement',
  success_metrics: 'Success Metrics',
  appendix: 'Appendix',
  executive_summary: 'Executive Summary',
  tech_summary: 'Technical Summary',
  tasks: 'Tasks',
};
const sectionsOf = (kind: Kind) => DOCUMENTS[kind].stages.flat() as string[];

export function exampleRun(change: Partial<RunResource> = {}): RunResource {
  return {
    id: RUN,
    project_id: PROJECT,
    kind: 'plan',
    mode: 'draft',
    status: 'queued',
    provider: 'offline',
    model: 'offline',
    triggered_by: 'user',
    input_snapshot: { idea: 'Courts.', constraints: '' },
    retry_of: null,
    current_stage: null,
    sections_completed: 0,
    sections_total: 4,
    eta_seconds: null,
    documents: KINDS.map((kind) => ({
      kind,
      id: DOCUMENTS[kind].id,
      version_id: DOCUMENTS[kind].version_id,
      status: 'queued',
      sections_completed: 0,
      sections_total: sectionsOf(kind).length,
    })),
    steps: KINDS.flatMap((kind) =>
      DOCUMENTS[kind].stages.flatMap((sections, stage) =>
        sections.map((section, i) => ({
          id: id(100 + stage * 10 + i),
          document: kind,
          section_id: section,
          stage: stage + 1,
          status: 'queued' as const,
          attempt: 0,
          tries: 0,
          next_attempt_at: null,
          reason: null,
          position: null,
          rate_limits: 0,
          error: null,
          problem: null,
          provider: null,
          model: null,
          usage: null,
          cost: null,
          started_at: null,
          finished_at: null,
        })),
      ),
    ),
    usage: null,
    cost: null,
    writing: [],
    error: null,
    problem: null,
    stream: { epoch: 'a', seq: 0 },
    created_at: AT,
    started_at: null,
    finished_at: null,
    ...change,
  };
}

/** A version whose sections hold what is given; the others were cancelled. */
export function exampleVersion(kind: Kind, texts: Record<string, Partial<VersionSection>>): VersionResource {
  const sections = sectionsOf(kind).map((section, order): VersionSection => ({
    id: section,
    title: TITLES[section] ?? section,
    order,
    status: texts[section] ? 'completed' : 'cancelled',
    content: null,
    warnings: [],
    draft: null,
    error: null,
    problem: null,
    generated_at: AT,
    stale: false,
    sha256: null,
    step_id: null,
    provider: null,
    model: null,
    prompt_hash: null,
    template_hash: null,
    input_hash: null,
    usage: null,
    cost: null,
    ...texts[section],
  }));
  return {
    id: DOCUMENTS[kind].version_id,
    document_id: DOCUMENTS[kind].id,
    number: 1,
    status: 'ready',
    sections,
    requirements: [],
    provider: null,
    model: null,
    prompt_hash: null,
    template_hash: null,
    input_hash: null,
    usage: null,
    cost: null,
    meta: {},
    run_id: RUN,
    created_at: AT,
  };
}

export function exampleTask(n: number, change: Partial<TaskResource> = {}): TaskResource {
  return {
    id: id(200 + n),
    key: `T-${n}`,
    title: `Task ${n}`,
    description: `What task ${n} is about.`,
    acceptance_criteria: ['It works.', 'It is tested.'],
    type: 'feature',
    priority: 'high',
    estimate: 3,
    labels: [],
    status: 'todo',
    rank: String(n),
    dependencies: [],
    requirements: [],
    origin: 'ai',
    source_task_set_id: null,
    feature_id: null,
    edited_fields: [],
    suggestion: null,
    retired_at: null,
    deleted_at: null,
    created_at: AT,
    updated_at: AT,
    ...change,
  };
}

/** Bodies of events, short to write down. */
export function bodiesOf(kind: Kind) {
  const place = { run_id: RUN, document: kind, document_id: DOCUMENTS[kind].id };
  const total = sectionsOf(kind).length;
  return {
    stage: (stage: number): RunEventBody => ({
      type: 'stage',
      ...place,
      stage,
      sections: [...(DOCUMENTS[kind].stages[stage - 1] ?? [])],
    }),
    started: (section_id: string, attempt = 1): RunEventBody => ({
      type: 'section_started',
      ...place,
      section_id,
      attempt,
    }),
    chunk: (section_id: string, offset: number, content: string, attempt = 1): RunEventBody => ({
      type: 'chunk',
      ...place,
      section_id,
      attempt,
      offset,
      content,
    }),
    complete: (section_id: string, content: string, attempt = 1): RunEventBody => ({
      type: 'section_complete',
      ...place,
      section_id,
      attempt,
      title: TITLES[section_id] ?? section_id,
      content,
      length: content.length,
      sha256: 'd'.repeat(64),
    }),
    failed: (section_id: string, error: string): RunEventBody => ({
      type: 'section_failed',
      ...place,
      section_id,
      attempt: 1,
      error,
      problem: { code: 'timeout', title: 'T', detail: 'D', advice: 'A', retryable: true },
    }),
    delayed: (section_id: string, next_attempt_at: string): RunEventBody => ({
      type: 'section_delayed',
      ...place,
      section_id,
      next_attempt_at,
      reason: 'rate_limited',
      position: null,
    }),
    progress: (done: number, eta: number | null = null): RunEventBody => ({
      type: 'progress',
      ...place,
      sections_completed: done,
      sections_total: total,
      eta_seconds: eta,
    }),
    end: (status: VersionResource['status']): RunEventBody => ({
      type: 'document_complete',
      ...place,
      version_id: DOCUMENTS[kind].version_id,
      status,
    }),
  };
}

export function runEnd(
  type: 'complete' | 'partial' | 'failed' | 'cancelled',
  error: string | null = null,
): RunEventBody {
  return { type, run_id: RUN, prd_id: DOCUMENTS.prd.id, error, problem: null };
}

/** Bodies as one epoch of the log numbers them. */
export function numbered(bodies: readonly RunEventBody[], epoch = 'a'): RunLiveEvent[] {
  return bodies.map((body, i) => ({ v: 1, channel: `run.${RUN}`, epoch, seq: i + 1, ts: AT, ...body }));
}

/** The events of the whole run, every section in one chunk. */
export function wholeRun(): RunEventBody[] {
  const [prd, tech, tasks] = [bodiesOf('prd'), bodiesOf('tech_spec'), bodiesOf('task_set')];
  const text = (section: string) => `Text of ${section}.`;
  const written = (bodies: ReturnType<typeof bodiesOf>, section: string, content: string, done: number) => [
    bodies.started(section),
    bodies.chunk(section, 0, content),
    bodies.complete(section, content),
    bodies.progress(done, 10),
  ];
  return [
    prd.stage(1),
    ...written(prd, 'problem_statement', text('problem_statement'), 1),
    prd.stage(2),
    prd.started('success_metrics'),
    prd.started('appendix'),
    prd.chunk('success_metrics', 0, 'Text of '),
    prd.chunk('appendix', 0, text('appendix')),
    prd.complete('appendix', text('appendix')),
    prd.progress(2, 8),
    prd.chunk('success_metrics', 8, 'success_metrics.'),
    prd.complete('success_metrics', text('success_metrics')),
    prd.progress(3, 4),
    prd.stage(3),
    ...written(prd, 'executive_summary', text('executive_summary'), 4),
    prd.end('ready'),
    tech.stage(1),
    ...written(tech, 'tech_summary', text('tech_summary'), 1),
    tech.end('ready'),
    tasks.stage(1),
    ...written(tasks, 'tasks', '{"tasks":[]}', 1),
    tasks.end('ready'),
    runEnd('complete'),
  ];
}
