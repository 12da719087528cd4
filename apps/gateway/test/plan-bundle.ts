import { createHash } from 'node:crypto';
import type { PlanBundle } from '@planwright/contracts';

const AT = '2026-11-20T10:00:00.000Z';
const HASH = 'ab'.repeat(32);
const id = (n: number): string => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

type Section = PlanBundle['documents'][number]['version']['sections'][number];

function section(sectionId: string, order: number, content: string): Section {
  return {
    ...{ id: sectionId, title: `The ${sectionId}`, order, status: 'completed', content, draft: null, error: null },
    ...{ problem: null, sha256: sha256(content), provider: 'openai', model: 'gpt-4o-mini', generated_at: AT },
    ...{ prompt_hash: HASH, template_hash: HASH, input_hash: null, made_from: { idea: HASH, constraints: null } },
    warnings: [{ rule: 'length', message: 'It is short.' }],
  };
}

function failed(sectionId: string, order: number): Section {
  const problem = { code: 'timeout', title: 'Too slow', detail: 'No answer', advice: 'Retry.', retryable: true };
  return {
    ...section(sectionId, order, ''),
    ...{
      status: 'failed',
      content: null,
      sha256: null,
      draft: 'Half a',
      error: 'Too slow: No answer. Retry.',
      problem,
    },
    ...{ generated_at: null, made_from: null, warnings: [] },
  };
}

const texts = {
  ...{ title: 'Show courts', description: '=1+1 is not a formula', acceptance_criteria: ['It, "works"', ''] },
  ...{ type: 'feature', priority: 'urgent', estimate: 5, labels: ['a b', 'c,d'], requirements: ['FR-1'] },
} as const satisfies Partial<PlanBundle['tasks'][number]>;

/** A bundle with something of everything: a partial version, a feature with spec and cards, own columns, an open offer. */
export function planBundleOf(name: string): PlanBundle {
  const fields = { ...texts, acceptance_criteria: [...texts.acceptance_criteria], labels: [...texts.labels] };
  const card = {
    ...fields,
    requirements: ['FR-1'],
    kept: false,
    edited_fields: [],
    suggestion: null,
    created_at: AT,
    updated_at: AT,
  };
  const base = { ...fields, requirements: ['FR-1'], dependencies: [] };
  const version = (n: number, sections: Section[], more: Partial<PlanBundle['documents'][number]['version']> = {}) => ({
    ...{ id: id(n), number: 1, status: 'ready' as const, mode: null, blueprint: 'prd.detailed' },
    ...{ provider: 'openai', model: 'gpt-4o-mini', inputs: {}, created_at: AT, sections, requirements: [] },
    ...more,
  });
  return {
    schema: 'planwright.bundle/1',
    project: {
      ...{ id: id(1), name, idea: 'Find a free court.', constraints: 'Cheap', created_at: AT, updated_at: AT },
      ...{ preferred_provider: 'openai', preferred_model: 'gpt-4o-mini', last_task_number: 12 },
      last_requirement_numbers: { FR: 4 },
    },
    columns: [
      { key: 'ideas', title: 'Ideas', category: 'todo' },
      { key: 'doing', title: 'Doing', category: 'started' },
      { key: 'shipped', title: 'Shipped', category: 'done' },
    ],
    documents: [
      {
        ...{ id: id(10), kind: 'prd', feature: null, archived: false },
        version: version(11, [section('problem_statement', 1, 'Courts\r\nare "full".\n'), failed('appendix', 2)], {
          status: 'partial',
          mode: 'detailed',
          requirements: [
            { key: 'FR-1', section_id: 'problem_statement', position: 1, quote: 'are "full"', hash: HASH },
          ],
        }),
      },
      {
        ...{ id: id(20), kind: 'task_set', feature: null, archived: false },
        version: version(21, [section('task_list', 0, '{"tasks": []}')], {
          inputs: { prd: id(11) },
          blueprint: 'task_set',
        }),
      },
      {
        ...{ id: id(30), kind: 'feature_spec', feature: id(40), archived: true },
        version: version(31, [section('feature_overview', 0, 'Share a court. 🎾 مرحبا')], {
          blueprint: 'feature_spec',
        }),
      },
    ],
    features: [
      {
        ...{ id: id(40), description: 'Share a court', status: 'completed', error_message: null },
        ...{ generated_from_idea: false, task_count: 1 },
        ...{ processing_started_at: AT, processing_completed_at: AT, created_at: AT },
      },
      {
        ...{ id: id(41), description: 'Pay', status: 'failed', error_message: 'Too slow', generated_from_idea: true },
        ...{ task_count: 0, processing_started_at: AT, processing_completed_at: null, created_at: AT },
      },
    ],
    tasks: [
      {
        ...card,
        key: 'T-3',
        status: 'ideas',
        rank: 'a0',
        origin: 'user',
        source: null,
        feature: null,
        base: null,
        dependencies: [],
      },
      {
        ...{ ...card, key: 'T-12', status: 'ideas', rank: 'a0V', origin: 'ai', source: id(21), feature: null },
        ...{ dependencies: ['T-3'], base: { ...base, dependencies: ['T-7'] }, edited_fields: ['title'] },
        suggestion: { vanished: false, fields: { title: 'Show all courts', dependencies: ['T-3'] } },
      },
      {
        ...card,
        key: 'T-7',
        status: 'shipped',
        rank: 'b05',
        origin: 'ai',
        source: null,
        feature: id(40),
        base,
        dependencies: ['T-12'],
      },
    ],
  };
}
