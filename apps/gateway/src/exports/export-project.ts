import { createHash } from 'node:crypto';
import { invalidFields } from '@planwright/contracts';
import type { ExportQuery, PlanExport } from '@planwright/contracts';
import { charactersOf, hasUsableVersion, renderData } from '@planwright/export';
import type { ExportedFile } from '@planwright/export';
import type { Database } from '@planwright/persistence';
import { RELEASE } from '../docs/release.js';
import { notFound, refusal, RequestProblem } from '../http/problem.js';
import type { RenderDocument } from './render-in-worker.js';

/** A plan of more text is no document any more: this much takes 11 s of processor time as PDF. */
export const MOST_CHARACTERS = 1_000_000;

/** What is exported, known before it is made. */
export interface Export {
  /** The same for the same plan, format and release. */
  etag: string;
  /** `left`: nobody waits for it any more. */
  make(left?: AbortSignal): Promise<ExportedFile>;
}

/** Reads a project as it is at one instant, and makes a file of it. */
export class ExportProject {
  constructor(
    private readonly database: Database,
    private readonly renderDocument: RenderDocument,
  ) {}

  async execute(workspaceId: string, projectId: string, query: ExportQuery): Promise<Export> {
    const plan = await this.database.read.plan(workspaceId, projectId);
    if (!plan) throw notFound('project', projectId);
    refuseEmpty(plan, query);
    return { etag: etagOf(plan, query), make: (left) => this.make(plan, query, left) };
  }

  private async make(
    plan: PlanExport,
    { format, layout, target }: ExportQuery,
    left?: AbortSignal,
  ): Promise<ExportedFile> {
    if (format === 'json' || format === 'csv') return renderData(plan, format, target);
    const characters = charactersOf(plan);
    if (characters > MOST_CHARACTERS) {
      throw tooLong(`is for plans of at most ${MOST_CHARACTERS} characters, and this one has ${characters}`);
    }
    const file = await this.renderDocument({ plan, format, layout }, left);
    if (!file) throw tooLong(`takes too long for a plan of ${characters} characters like this one`);
    return file;
  }
}

function refuseEmpty(plan: PlanExport, { format }: ExportQuery): void {
  if (format === 'csv' && plan.tasks.length === 0) {
    throw new RequestProblem('prerequisite_missing', 'The project has no cards yet, and a table of none is no use.', {
      title: 'There is nothing to export yet',
      advice: 'Make a task set with a run, or create cards; format=json exports what there is.',
      missing: ['task_set'],
    });
  }
  if (format !== 'csv' && format !== 'json' && !hasUsableVersion(plan)) {
    throw new RequestProblem('prerequisite_missing', 'No document of the project has a finished version yet.', {
      title: 'There is nothing to export yet',
      advice: 'Start a run, or retry the one that failed, and wait for its end; format=json exports what there is.',
      missing: ['prd'],
    });
  }
}

function tooLong(message: string): RequestProblem {
  const error = { pointer: '?format', code: 'too_big', message: `${message}: use format=json`, limit: MOST_CHARACTERS };
  return refusal(invalidFields([error]));
}

/** Weak where the bytes differ from one time to the next. */
function etagOf(plan: PlanExport, query: ExportQuery): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([RELEASE, query, plan]))
    .digest('base64url');
  return `${query.format === 'docx' ? 'W/' : ''}"${hash}"`;
}
