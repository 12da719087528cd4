import type { PlanBundle } from '@planwright/contracts';
import { invalidFields } from '@planwright/contracts';
import { bundleProblems } from '@planwright/export';
import { noteAudit } from '@planwright/persistence';
import type { Actor } from '@planwright/persistence';
import type { ChangeAnswer, MakeChange } from '../changes/make-change.js';
import type { RequestName } from '../changes/request-name.js';
import { refusal } from '../http/problem.js';

/** Makes a project of a bundle: whole, in one transaction, or not at all. */
export class ImportProject {
  constructor(private readonly makeChange: MakeChange) {}

  execute(by: Actor, request: RequestName, bundle: PlanBundle): Promise<ChangeAnswer> {
    const { workspaceId } = by;
    const errors = bundleProblems(bundle);
    if (errors.length > 0) throw refusal(invalidFields(errors));
    return this.makeChange.execute({ ...request, workspaceId, body: bundle }, async (tx) => {
      const id = await tx.plans.insert(workspaceId, bundle);
      await noteAudit(tx, by, { action: 'project.import', subject: id });
      const project = await tx.read.project(workspaceId, id);
      if (!project) throw new Error(`project ${id} was imported, but is not there`);
      return { status: 201, body: project, location: `/v1/projects/${id}` };
    });
  }
}
