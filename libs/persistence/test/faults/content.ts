import { fault, without } from './fault.js';
import type { Fault } from './fault.js';

export const CONTENT: Fault[] = [
  fault('text_unlike_its_hash', ({ done: { steps, versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE sections SET content = content || ' ' WHERE step_id = '${steps['goals']}'`,
  })),
  fault('text_unlike_its_event', ({ done: { steps, versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE sections SET content = 'x', sha256 = encode(sha256('x'), 'hex') WHERE step_id = '${steps['goals']}'`,
  })),
  fault(
    'text_without_completion',
    ({ done: { steps, versions } }) => ({
      id: versions['prd']!,
      sql: `${without('sections', 'sections_check')} UPDATE sections SET status = 'cancelled' WHERE step_id = '${steps['goals']}'`,
    }),
    'a text without',
  ),
  fault(
    'text_without_completion',
    ({ done: { steps, versions } }) => ({
      id: versions['prd']!,
      sql: `${without('sections', 'sections_check', 'sections_check1')}
            UPDATE sections SET content = NULL, sha256 = NULL WHERE step_id = '${steps['goals']}'`,
    }),
    'completed without one',
  ),
  ...['prompt_hash', 'template_hash', 'input_hash'].map((column) =>
    fault(
      'text_without_hashes',
      ({ done: { steps, versions } }) => ({
        id: versions['prd']!,
        sql: `UPDATE sections SET ${column} = NULL WHERE step_id = '${steps['goals']}'`,
      }),
      column,
    ),
  ),
  fault(
    'text_without_hashes',
    ({ retry: { versions } }) => ({
      id: versions['prd']!,
      sql: `UPDATE sections SET prompt_hash = 'abc' WHERE version_id = '${versions['prd']}' AND section_id = 'problem'`,
    }),
    'of a carried section, and no hash',
  ),
  fault('draft_of_completed_section', ({ done: { steps, versions } }) => ({
    id: versions['prd']!,
    sql: `${without('sections', 'sections_check4')} UPDATE sections SET draft = 'half' WHERE step_id = '${steps['goals']}'`,
  })),
  fault('version_unlike_its_sections', ({ done: { versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE document_versions SET status = 'partial' WHERE id = '${versions['prd']}'`,
  })),
  fault(
    'run_unlike_its_documents',
    ({ partial: { id } }) => ({ id, sql: `UPDATE runs SET status = 'succeeded' WHERE id = '${id}'` }),
    'better than they are',
  ),
  fault(
    'run_unlike_its_documents',
    ({ done: { id } }) => ({ id, sql: `UPDATE runs SET status = 'failed' WHERE id = '${id}'` }),
    'worse than they are',
  ),
  fault('progress_miscounted', ({ active: { id } }) => ({
    id,
    sql: `UPDATE runs SET sections_completed = 2 WHERE id = '${id}'`,
  })),
  fault(
    'usage_miscounted',
    ({ done: { steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE steps SET usage = jsonb_set(usage, '{output_tokens}', '11') WHERE id = '${steps['goals']}'`,
    }),
    'its tokens',
  ),
  fault(
    'usage_miscounted',
    ({ done: { steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE usage_ledger SET cost = 12 WHERE step_id = '${steps['goals']}'`,
    }),
    'its cost',
  ),
];
