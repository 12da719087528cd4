import { callsIn, sumOfCost, sumOfUnpriced, sumOfUsage, wholeUsage } from '../ledger/sums.js';
import { RECENT_RUNS } from './invariant.js';
import type { Invariant } from './invariant.js';

const DEFECT = 'Report this as a defect with the ids.';

const SHA256 = `encode(sha256(convert_to(s.content, 'UTF8')), 'hex')`;

/** Sections of the runs looked at. */
const SECTIONS = `${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id JOIN sections s ON s.version_id = v.id`;

const BOOKED = callsIn('l');

/** What is stored contradicts itself. */
export const CONTENT: readonly Invariant[] = [
  {
    name: 'text_unlike_its_hash',
    kind: 'content',
    what: "A section's text is not the one its sha256 was made of.",
    advice: 'The text was changed past the platform, or the disk is failing: restore it from a backup.',
    graceMs: 0,
    sql: `
      SELECT v.id, format('section %s, stored %s, of the text %s', s.section_id, s.sha256, ${SHA256}) AS detail
      FROM ${SECTIONS} WHERE s.content IS NOT NULL AND s.sha256 IS DISTINCT FROM ${SHA256}`,
  },
  {
    name: 'text_unlike_its_event',
    kind: 'content',
    what: 'Followers of a run were told another text of a section than the one that is stored.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('section %s, stored %s, told %s', s.section_id, s.sha256, e.body ->> 'sha256') AS detail
      FROM ${SECTIONS}
      JOIN run_events e ON e.run_id = r.id AND e.body ->> 'type' = 'section_complete'
        AND e.body ->> 'document_id' = v.document_id::text AND e.body ->> 'section_id' = s.section_id
      WHERE s.sha256 IS DISTINCT FROM e.body ->> 'sha256'`,
  },
  {
    name: 'text_without_completion',
    kind: 'content',
    what: 'A section has a text and is not completed, or is completed without one.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('section %s is %s', s.section_id, s.status) AS detail
      FROM ${SECTIONS} WHERE (s.content IS NOT NULL) <> (s.status = 'completed')`,
  },
  {
    name: 'text_without_hashes',
    kind: 'content',
    what: 'A completed section does not say what it was made of: the hash of its prompt, template or inputs is missing.',
    advice: DEFECT,
    graceMs: 0,
    // Carried sections keep the hashes of the run that wrote them. What no step wrote, nobody rendered.
    sql: `
      SELECT v.id, format('section %s, prompt %s, template %s, inputs %s', s.section_id,
        coalesce(s.prompt_hash, 'missing'), coalesce(s.template_hash, 'missing'), coalesce(s.input_hash, 'missing')) AS detail
      FROM ${SECTIONS} WHERE s.status = 'completed' AND s.step_id IS NOT NULL
        AND NOT (s.prompt_hash ~ '^[0-9a-f]{64}$' AND s.template_hash ~ '^[0-9a-f]{64}$' AND s.input_hash ~ '^[0-9a-f]{64}$') IS TRUE`,
  },
  {
    name: 'draft_of_completed_section',
    kind: 'content',
    what: 'A completed section still has a draft.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, 'section ' || s.section_id AS detail
      FROM ${SECTIONS} WHERE s.draft IS NOT NULL AND s.status NOT IN ('failed', 'cancelled')`,
  },
  {
    name: 'version_unlike_its_sections',
    kind: 'content',
    what: 'A version says ready, partial or failed, and its sections say something else.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('%s with %s of %s sections completed', v.status, s.completed, s.total) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'completed') AS completed, count(*) AS total FROM sections WHERE version_id = v.id
      ) s
      WHERE v.status IN ('ready', 'partial', 'failed') AND v.status <> CASE s.completed
        WHEN s.total THEN 'ready' WHEN 0 THEN 'failed' ELSE 'partial' END`,
  },
  {
    name: 'run_unlike_its_documents',
    kind: 'content',
    what: 'A run says how it ended, and its documents say something else.',
    advice: DEFECT,
    graceMs: 0,
    // A run ends as its first document that is not ready: partial or failed. One that was cancelled may have ready ones.
    sql: `
      SELECT r.id, format('%s with %s', r.status, v.statuses) AS detail
      FROM ${RECENT_RUNS} r CROSS JOIN LATERAL (
        SELECT string_agg(status, ', ' ORDER BY run_position) AS statuses, bool_and(status = 'ready') AS ready,
          (array_agg(status ORDER BY run_position) FILTER (WHERE status <> 'ready'))[1] AS stopped_by
        FROM document_versions WHERE run_id = r.id
      ) v
      WHERE (r.status = 'succeeded' AND v.ready IS NOT TRUE)
        OR (r.status IN ('partial', 'failed') AND v.stopped_by IS DISTINCT FROM r.status)`,
  },
  {
    name: 'progress_miscounted',
    kind: 'content',
    what: 'A run shows another number of completed sections than its document has.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('shows %s of %s, has %s of %s', r.sections_completed, r.sections_total, s.completed, s.total) AS detail
      FROM runs r JOIN document_versions v ON v.run_id = r.id AND v.status = 'generating' CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'completed') AS completed, count(*) AS total FROM sections WHERE version_id = v.id
      ) s
      WHERE r.status = 'running' AND (r.sections_completed <> s.completed OR r.sections_total <> s.total)`,
  },
  {
    name: 'usage_miscounted',
    kind: 'content',
    what: 'A step shows other amounts of tokens, or another cost, than are booked for its calls.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.id, format('shows %s for %s, booked %s for %s', t.usage, t.cost, u.usage, u.cost) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id CROSS JOIN LATERAL (
        SELECT ${sumOfUsage(BOOKED)} AS usage, ${sumOfCost(BOOKED)} AS cost, ${sumOfUnpriced(BOOKED)} AS unpriced
        FROM usage_ledger l WHERE step_id = t.id
      ) u
      WHERE ${wholeUsage('t.usage')} IS DISTINCT FROM u.usage OR t.cost IS DISTINCT FROM u.cost
        -- The previous release does not count them.
        OR t.unpriced_calls <> u.unpriced`,
  },
];
