import { setTimeout as sleep } from 'node:timers/promises';
import type { RegeneratedSection, RegenerateSection as Body, RunEstimate } from '@planwright/contracts';
import { invalidFields } from '@planwright/contracts';
import type { Database, Reads, Tx } from '@planwright/persistence';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, refusal } from '../http/problem.js';
import type { ComposedRun, ComposeRun } from './compose-run.js';
import type { EstimateRun } from './estimate-run.js';
import type { OpenOptions, OpenRun } from './open-run.js';

/** Who wants which section of which PRD anew. */
export interface RegenerateRequest extends ChangeRequest {
  body: Body;
  triggeredBy: string;
}

/** The path of the request. */
export interface SectionPlace {
  documentId: string;
  sectionId: string;
}

const POLL_MS = 150;

/** Writes one section of a PRD anew, in a new version that takes over all others, and says what may be outdated by it. */
export class RegenerateSection {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly openRun: OpenRun,
    private readonly composeRun: ComposeRun,
    private readonly database: Database,
    private readonly estimateRun: EstimateRun,
  ) {}

  /**
   * Answers 202 as soon as the run is written; with `waitMs`, 200 with the finished section if it is finished by then.
   * Throws 404, 400 for a cascade that is not affected, 409 `run_active` where the section is being written already, one
   * of the cascade was begun before it, or another run holds the document, 429 `too_many_runs`.
   */
  async execute(request: RegenerateRequest, place: SectionPlace, waitMs: number): Promise<ChangeAnswer> {
    const answer = await this.makeChange.execute(request, async (tx) => {
      const { run, affected } = await this.compose(tx, request, place);
      const { change, runId } = await this.openRun.execute(tx, run, optionsOf(request.body, place));
      const body = await told(tx.read, request.workspaceId, runId, place, affected['prd'] ?? []);
      return { ...change, body };
    });
    if (waitMs <= 0 || answer.status !== 202) return answer;
    const started = JSON.parse(answer.body) as RegeneratedSection;
    const finished = await this.finished(request.workspaceId, started, place, waitMs);
    return finished ? { ...answer, status: 200, body: JSON.stringify(finished) } : answer;
  }

  /** What it would write and take; refused for the same reasons. */
  async preview(request: RegenerateRequest, place: SectionPlace): Promise<RunEstimate> {
    const composed = await this.makeChange.rehearse(async (tx) => {
      const made = await this.compose(tx, request, place);
      await this.openRun.rehearse(tx, made.run, optionsOf(request.body, place));
      return made;
    });
    return this.estimateRun.execute(composed);
  }

  private async compose(
    tx: Tx,
    request: RegenerateRequest,
    { documentId, sectionId }: SectionPlace,
  ): Promise<ComposedRun> {
    const { workspaceId, body, triggeredBy } = request;
    const projectId = await tx.documents.projectOf(workspaceId, documentId, 'prd');
    if (projectId === null) throw notFound('PRD', documentId);
    const { custom_instructions: instructions, cascade, provider, model } = body;
    const wish = { workspaceId, projectId, triggeredBy };
    const alone = await this.composeRun.execute(tx, {
      ...wish,
      body: { sections: [sectionId], instructions, provider, model },
    });
    const affected = alone.affected['prd'] ?? [];
    const errors = cascade.flatMap((id, i) => {
      if (affected.includes(id)) return [];
      const message = `is not affected; ${affected.length > 0 ? affected.join(', ') : 'no section'} would be`;
      return [{ pointer: `/cascade/${i}`, code: 'not_affected', message, limit: [...affected] }];
    });
    if (errors.length > 0) throw refusal(invalidFields(errors));
    if (cascade.length === 0) return alone;
    const sections = [sectionId, ...cascade];
    return this.composeRun.execute(tx, {
      ...wish,
      body: { sections, instructions, provider, model },
      instructed: [sectionId],
    });
  }

  private async finished(
    workspaceId: string,
    { run_id: runId, affected_sections: affected }: RegeneratedSection,
    place: SectionPlace,
    waitMs: number,
  ): Promise<RegeneratedSection | null> {
    for (const until = Date.now() + waitMs; Date.now() < until;) {
      await sleep(Math.min(POLL_MS, Math.max(0, until - Date.now())));
      const now = await told(this.database.read, workspaceId, runId, place, affected);
      if (now.section.status !== 'pending' && now.section.status !== 'generating') return now;
    }
    return null;
  }
}

const optionsOf = (
  { on_conflict: onConflict, cascade, provider, model }: Body,
  { sectionId }: SectionPlace,
): OpenOptions => ({
  onConflict,
  mayJoin: false,
  wish: { sections: [sectionId], cascade, provider, model },
});

async function told(
  read: Reads,
  workspaceId: string,
  runId: string,
  { documentId, sectionId }: SectionPlace,
  affected: readonly string[],
): Promise<RegeneratedSection> {
  const run = await read.run(workspaceId, runId);
  const versionId = run?.documents.find(({ id }) => id === documentId)?.version_id;
  const version = versionId === undefined ? null : await read.version(workspaceId, versionId);
  const section = version?.sections.find(({ id }) => id === sectionId);
  if (!section) throw notFound('section', sectionId);
  return { run_id: runId, section, affected_sections: [...affected], warning: warningOf(affected.length) };
}

function warningOf(count: number): string | null {
  if (count === 0) return null;
  return `${count} section${count === 1 ? '' : 's'} used this as context and may be outdated`;
}
