import type { ExportedDocument, ExportedSection, ExportedTask, PlanExport } from '@planwright/contracts';
import { sha256Of } from '../src/bundle.js';

const AT = '2026-11-20T10:00:00.000Z';
const HASH = 'ab'.repeat(32);
const id = (n: number): string => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;

export function section(sectionId: string, content: string, more: Partial<ExportedSection> = {}): ExportedSection {
  return {
    id: sectionId,
    title: sectionId.charAt(0).toUpperCase() + sectionId.slice(1).replaceAll('_', ' '),
    order: 0,
    status: 'completed',
    content,
    draft: null,
    error: null,
    problem: null,
    sha256: sha256Of(content),
    provider: 'offline',
    model: 'offline-writer',
    prompt_hash: HASH,
    template_hash: HASH,
    input_hash: HASH,
    made_from: { idea: HASH, constraints: null },
    warnings: [],
    generated_at: AT,
    ...more,
  };
}

export function failed(sectionId: string, more: Partial<ExportedSection> = {}): ExportedSection {
  const problem = { code: 'timeout', title: 'Too slow', detail: 'No answer', advice: 'Retry.', retryable: true };
  const lost = { status: 'failed', content: null, sha256: null, generated_at: null } as const;
  return section(sectionId, '', {
    ...lost,
    draft: 'Half a sen',
    error: 'Too slow: No answer. Retry.',
    problem,
    ...more,
  });
}

export function document(n: number, kind: string, sections: ExportedSection[]): ExportedDocument {
  const isReady = sections.every(({ status }) => status === 'completed');
  return {
    id: id(n),
    kind,
    feature: null,
    archived: false,
    version: {
      id: id(n + 1),
      number: 3,
      status: isReady ? 'ready' : 'partial',
      mode: kind === 'prd' ? 'detailed' : null,
      blueprint: kind,
      provider: 'offline',
      model: 'offline-writer',
      inputs: {},
      created_at: AT,
      sections: sections.map((one, order) => ({ ...one, order })),
      requirements: [],
    },
  };
}

export function task(n: number, more: Partial<ExportedTask> = {}): ExportedTask {
  return {
    key: `T-${n}`,
    title: `Task ${n}`,
    description: `What task ${n} is about.`,
    acceptance_criteria: ['It works.', 'It is tested.'],
    type: 'feature',
    priority: 'high',
    estimate: 3,
    labels: ['maps'],
    dependencies: [],
    requirements: ['FR-1'],
    status: 'todo',
    rank: `a${n}`,
    origin: 'user',
    source: null,
    feature: null,
    kept: false,
    edited_fields: [],
    base: null,
    suggestion: null,
    created_at: AT,
    updated_at: AT,
    ...more,
  };
}

export function plan(more: Partial<PlanExport> = {}): PlanExport {
  return {
    project: {
      id: id(1),
      name: 'Court finder',
      idea: 'An app that finds free tennis courts.',
      constraints: '',
      preferred_provider: null,
      preferred_model: null,
      last_task_number: 99,
      last_requirement_numbers: { FR: 1 },
      created_at: AT,
      updated_at: AT,
    },
    columns: [
      { key: 'todo', title: 'To do', category: 'todo' },
      { key: 'in_progress', title: 'In progress', category: 'started' },
      { key: 'done', title: 'Done', category: 'done' },
    ],
    documents: [document(10, 'prd', [section('problem_statement', 'Courts are hard to find.\n')])],
    features: [],
    tasks: [],
    ...more,
  };
}

export function feature(n: number, description: string): PlanExport['features'][number] {
  return {
    ...{ id: id(n), description, status: 'completed', error_message: null, generated_from_idea: false, task_count: 1 },
    ...{ processing_started_at: AT, processing_completed_at: AT, created_at: AT },
  };
}

export const planWith = (...texts: string[]): PlanExport =>
  plan({
    documents: [
      document(
        10,
        'prd',
        texts.map((text, i) => section(`section_${i}`, text)),
      ),
    ],
  });
