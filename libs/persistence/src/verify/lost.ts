import { STEP_TRANSITIONS, sectionStatusOf } from '@planwright/plan';
import { ACTIVE, RECENT_RUNS } from './invariant.js';
import type { Invariant } from './invariant.js';

const DEFECT = 'Report this as a defect with the ids; what is stored is not repaired by itself.';

/** The status each step's section has to have, by the same function that decides it. */
const SECTION_STATUS = (Object.keys(STEP_TRANSITIONS) as (keyof typeof STEP_TRANSITIONS)[])
  .map((status) => `WHEN '${status}' THEN '${sectionStatusOf({ status })}'`)
  .join(' ');

/** Something that has to be there is not. */
export const LOST: readonly Invariant[] = [
  {
    name: 'active_run_without_scope',
    kind: 'lost',
    what: 'An active run neither holds nor awaits the scope of a document it writes, so a second run could write it too.',
    advice: `${DEFECT} Cancel the run and start it again.`,
    graceMs: 0,
    sql: `
      SELECT r.id, format('%s, no scope for %s', r.status, d.kind) AS detail
      FROM runs r JOIN document_versions v ON v.run_id = r.id JOIN documents d ON d.id = v.document_id
      WHERE r.${ACTIVE} AND NOT EXISTS (
        SELECT 1 FROM run_scopes s WHERE s.run_id = r.id
          AND s.scope = CASE WHEN d.feature_id IS NULL THEN d.kind ELSE 'feature:' || d.feature_id END
      )`,
  },
  {
    name: 'active_run_without_documents',
    kind: 'lost',
    what: 'An active run has no document to write.',
    advice: `${DEFECT} Cancel the run and start it again.`,
    graceMs: 0,
    sql: `
      SELECT r.id, r.status AS detail FROM runs r
      WHERE r.${ACTIVE} AND NOT EXISTS (SELECT 1 FROM document_versions v WHERE v.run_id = r.id)`,
  },
  {
    name: 'section_nobody_writes',
    kind: 'lost',
    what: 'A section of an active run is to be written, and no step is left that would.',
    advice: `${DEFECT} Cancel the run and start it again.`,
    graceMs: 0,
    sql: `
      SELECT v.id, format('section %s is %s, run %s', s.section_id, s.status, r.id) AS detail
      FROM runs r
      JOIN document_versions v ON v.run_id = r.id AND v.status IN ('queued', 'generating')
      JOIN sections s ON s.version_id = v.id AND s.status IN ('pending', 'generating')
      WHERE r.${ACTIVE} AND NOT EXISTS (
        SELECT 1 FROM steps t WHERE t.version_id = v.id AND t.section_id = s.section_id
          AND t.status IN ('queued', 'running', 'delayed')
      )`,
  },
  {
    name: 'open_step_of_ended_run',
    kind: 'lost',
    what: 'A run has ended, and one of its steps has not.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.id, format('%s, run %s is %s', t.status, r.id, r.status) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      WHERE r.finished_at IS NOT NULL AND t.status IN ('queued', 'running', 'delayed')`,
  },
  {
    name: 'open_document_of_ended_run',
    kind: 'lost',
    what: 'A run has ended, and a document it writes has not.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('%s, run %s is %s', v.status, r.id, r.status) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      WHERE r.finished_at IS NOT NULL AND v.status IN ('queued', 'generating')`,
  },
  {
    name: 'open_section_of_ended_document',
    kind: 'lost',
    what: 'A document has ended, and one of its sections is still to be written.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('section %s is %s, version is %s', s.section_id, s.status, v.status) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id JOIN sections s ON s.version_id = v.id
      WHERE v.status NOT IN ('queued', 'generating') AND s.status IN ('pending', 'generating')`,
  },
  {
    name: 'text_without_success',
    kind: 'lost',
    what: 'A section is completed, and the step that writes it has not succeeded.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.id, format('step is %s, section %s of version %s is completed', t.status, s.section_id, s.version_id) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      JOIN sections s ON s.version_id = t.version_id AND s.section_id = t.section_id
      WHERE s.status = 'completed' AND t.status <> 'succeeded'`,
  },
  {
    name: 'success_without_text',
    kind: 'lost',
    what: 'A step has succeeded, and its section does not have its text.',
    advice: `${DEFECT} Regenerate the section.`,
    graceMs: 0,
    sql: `
      SELECT t.id, format('section %s of version %s is %s, written by step %s', s.section_id, s.version_id, s.status, s.step_id) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      JOIN sections s ON s.version_id = t.version_id AND s.section_id = t.section_id
      WHERE t.status = 'succeeded' AND (s.status <> 'completed' OR s.step_id IS DISTINCT FROM t.id)`,
  },
  {
    name: 'section_unlike_its_step',
    kind: 'lost',
    what: 'A section shows another state than the step that writes it.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.id, format('step is %s, section %s of version %s is %s', t.status, s.section_id, s.version_id, s.status) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      JOIN sections s ON s.version_id = t.version_id AND s.section_id = t.section_id
      WHERE s.status <> CASE t.status ${SECTION_STATUS} END`,
  },
  {
    name: 'document_without_active_version',
    kind: 'lost',
    what: 'A document has a version that readers could get, and they get none.',
    advice: `${DEFECT} Activate the version.`,
    graceMs: 0,
    sql: `
      SELECT DISTINCT d.id, 'kind ' || d.kind AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id JOIN documents d ON d.id = v.document_id
      WHERE v.status IN ('ready', 'partial') AND d.active_version_id IS NULL`,
  },
];
