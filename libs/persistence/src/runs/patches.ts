import type { RunStatus, StepStatus, VersionStatus } from '@planwright/contracts';
import type { Effect } from '@planwright/plan';
import type { Change, LockedRun } from './locked-run.js';
import { RowPatch } from './row-patch.js';
import type { Patch } from './row-patch.js';
import { runPatches } from './run-patches.js';
import { stepPatches } from './step-patches.js';
import type { StepEffect } from './step-patches.js';

type RunEffect = Exclude<Effect, StepEffect>;

/**
 * What a run's changes come to: one patch per row, however many effects were on it. Effects are folded in their order;
 * one that does not fit the state the run was locked in, or what those before it made of that, throws: a wrong attempt, a
 * step that has ended. The patches name the state they are for, so that rows which are not as they were read stay so.
 */
export class Patches {
  readonly run: RowPatch<RunStatus>;
  private readonly ofVersions: Map<string, RowPatch<VersionStatus>>;
  private readonly ofSteps: Map<string, RowPatch<StepStatus>>;
  private readonly ofSections = new Map<string, Patch>();
  private readonly ended: string[] = [];

  constructor(
    private readonly locked: LockedRun,
    changes: readonly Change[],
  ) {
    const { runId, status, documents } = locked.state;
    this.run = new RowPatch({ id: runId, status });
    this.ofVersions = new Map(
      documents.map(({ documentId, status: is }) => [documentId, new RowPatch({ id: documentId, status: is })]),
    );
    const steps = documents.flatMap((document) => document.steps);
    this.ofSteps = new Map(
      steps.map((step) => [step.stepId, new RowPatch({ id: step.stepId, status: step.status, attempt: step.attempt })]),
    );
    for (const change of changes) {
      for (const effect of change.effects) {
        if ('stepId' in effect) this.foldStep(effect, change);
        else this.foldRun(effect);
      }
    }
  }

  /** By document. */
  get versions(): RowPatch<VersionStatus>[] {
    return [...this.ofVersions.values()].filter(({ isTouched }) => isTouched);
  }

  get steps(): RowPatch<StepStatus>[] {
    return [...this.ofSteps.values()].filter(({ isTouched }) => isTouched);
  }

  /** By the step that writes the section. */
  get sections(): { id: string; patch: Patch }[] {
    return [...this.ofSections].map(([id, patch]) => ({ id, patch }));
  }

  /** Documents whose version ended. */
  get endedDocuments(): readonly string[] {
    return this.ended;
  }

  private foldStep(effect: StepEffect, { result, cause }: Change): void {
    const row = this.ofSteps.get(effect.stepId);
    if (!row) throw this.misfit(effect, `it has no step ${effect.stepId}`);
    // A command raises the attempt by one; all else speaks of the current one.
    if (effect.type === 'step_issued' && effect.attempt !== row.attempt + 1) {
      throw this.misfit(effect, `step ${effect.stepId} is at attempt ${row.attempt}`);
    }
    const own = result?.stepId === effect.stepId ? result : undefined;
    const { from, step, section } = stepPatches(effect, this.locked, own, cause);
    if (!row.set(from, step)) throw this.misfit(effect, `step ${effect.stepId} is ${row.status}`);
    if (section) this.ofSections.set(effect.stepId, { ...this.ofSections.get(effect.stepId), ...section });
  }

  private foldRun(effect: RunEffect): void {
    const { run, version } = runPatches(effect, this.locked);
    if (version && 'documentId' in effect) {
      const row = this.ofVersions.get(effect.documentId);
      if (!row?.set(version.from, version.patch)) {
        throw this.misfit(effect, `its version of document ${effect.documentId} is ${row?.status ?? 'not there'}`);
      }
      if (effect.type === 'document_ended') this.ended.push(effect.documentId);
    }
    if (run && !this.run.set(run.from, run.patch)) throw this.misfit(effect, `it is ${this.run.status}`);
  }

  private misfit(effect: Effect, why: string): Error {
    const step = 'stepId' in effect ? ` of step ${effect.stepId}` : '';
    return new Error(`${effect.type}${step} does not fit run ${this.locked.runId}: ${why}`);
  }
}
