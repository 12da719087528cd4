import { createHash } from 'node:crypto';
import type { ExportedSection, ExportedTask, PlanBundle } from '@planwright/contracts';

const AT = '2026-11-20T10:00:00.000Z';
const id = (n: number): string => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;

/** Where such a text might stand: alone, in a line, in a quote and in a list. */
const spread = (text: string): string =>
  `${text}\n\nA paragraph, then ${text} in a line.\n\n> ${text}\n\n- item\n\n  ${text}`;

function section(text: string, order: number): ExportedSection {
  const content = spread(text);
  return {
    ...{ id: `hostile_${order}`, title: text.slice(0, 200), order, status: 'completed', content, draft: null },
    ...{ error: null, problem: null, sha256: createHash('sha256').update(content).digest('hex') },
    ...{ provider: text.slice(0, 200), model: text.slice(0, 200), prompt_hash: null, template_hash: null },
    ...{ input_hash: null, made_from: null, warnings: [{ rule: 'length', message: text }], generated_at: AT },
  };
}

/** A card that a person edited, with another text offered beside it. */
function card(text: string, index: number, status: string): ExportedTask {
  const fields = {
    ...{ title: text, description: spread(text), acceptance_criteria: [text, text] },
    ...{ type: 'feature' as const, priority: 'high' as const, estimate: 3, labels: [text.slice(0, 200)] },
    ...{ dependencies: [], requirements: [text.slice(0, 100)] },
  };
  return {
    ...fields,
    ...{ key: `T-${index + 1}`, status, rank: `b${String(index).padStart(2, '0')}V`, origin: 'ai', source: null },
    ...{ feature: null, kept: false, edited_fields: ['title'], base: fields, created_at: AT, updated_at: AT },
    suggestion: { vanished: false, fields: { title: `${text} again`, description: text } },
  };
}

/** A plan whose every text is one of these: sections of its PRD, cards, features, and what it is about. */
export function bundleOf(texts: readonly string[], columns: PlanBundle['columns']): PlanBundle {
  const [first] = columns;
  const [text] = texts;
  if (!first || text === undefined) throw new Error('a board has a column, and a plan a text');
  const idea = texts.join('\n\n').slice(0, 16_000);
  return {
    schema: 'planwright.bundle/1',
    project: {
      ...{ id: id(1), name: text.slice(0, 200), idea, constraints: idea, created_at: AT, updated_at: AT },
      ...{ preferred_provider: null, preferred_model: null, last_task_number: texts.length },
      last_requirement_numbers: {},
    },
    columns,
    documents: [
      {
        ...{ id: id(2), kind: 'prd', feature: null, archived: false },
        version: {
          ...{ id: id(3), number: 1, status: 'ready', mode: 'draft', blueprint: 'prd.draft', inputs: {} },
          ...{ provider: text.slice(0, 200), model: text.slice(0, 200), created_at: AT, requirements: [] },
          sections: texts.map(section),
        },
      },
    ],
    features: texts.map((description, index) => ({
      ...{ id: id(1_000 + index), description, status: 'failed', error_message: description },
      ...{ generated_from_idea: false, task_count: 0, created_at: AT },
      ...{ processing_started_at: AT, processing_completed_at: AT },
    })),
    tasks: texts.map((one, index) => card(one, index, first.key)),
  };
}
