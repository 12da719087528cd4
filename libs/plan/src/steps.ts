import type { BlueprintSection, BlueprintStage } from '@planwright/contracts';
import type { DelayedStep, DocumentState, QueuedStep, RunningStep, RunState, StepState } from './state.js';

/** A step that still has something before it. */
export type OpenStep = QueuedStep | RunningStep | DelayedStep;

/** A step with the document it belongs to. */
export interface Place<S extends StepState = StepState> {
  readonly document: DocumentState;
  readonly step: S;
}

export function isOpen(step: StepState): step is OpenStep {
  return step.status === 'queued' || step.status === 'running' || step.status === 'delayed';
}

export function findStep(state: RunState, stepId: string): Place | undefined {
  for (const document of state.documents) {
    const step = document.steps.find((candidate) => candidate.stepId === stepId);
    if (step) return { document, step };
  }
  return undefined;
}

/** All open steps of the run, in chain order. */
export function openSteps(state: RunState): OpenStep[] {
  return state.documents.flatMap((document) => document.steps.filter(isOpen));
}

/** This run's steps of a stage in the blueprint's order of writing, whatever order the rows came in. */
export function stepsOfStage(document: DocumentState, stage: BlueprintStage): StepState[] {
  return stage.sections.flatMap((sectionId) => document.steps.filter((step) => step.sectionId === sectionId));
}

/** Sections of the version that have a text: carried over or written by this run. */
export function completedSections(document: DocumentState): Set<string> {
  const written = document.steps.filter((step) => step.status === 'succeeded').map((step) => step.sectionId);
  return new Set([...document.carried, ...written]);
}

export function sectionOfStep({ document, step }: Place): BlueprintSection {
  const section = document.blueprint.sections.find((candidate) => candidate.id === step.sectionId);
  if (!section) throw new Error(`blueprint ${document.blueprint.id} has no section ${step.sectionId}`);
  return section;
}

/** Provider time a section may take over all its automatic tries, in milliseconds. */
export function timeLimitMs({ document, step }: Place): number {
  const stage = document.blueprint.stages.find((candidate) => candidate.sections.includes(step.sectionId));
  if (!stage) throw new Error(`blueprint ${document.blueprint.id} has no stage with section ${step.sectionId}`);
  return stage.timeout_seconds * 1000;
}
