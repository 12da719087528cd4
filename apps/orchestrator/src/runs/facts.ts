import type { ProjectEventBody } from '@planwright/contracts';
import { sentenceOf } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';
import type { Numbered, StepResult, StoredRunFact } from '@planwright/persistence';
import type { DocumentState, Effect, RunState, StepState } from '@planwright/plan';
import { waitsForSection } from '@planwright/plan';
import { outgoing } from './outgoing.js';
import type { OutgoingMessage } from './outgoing.js';

/** What the shell knows of a section whose text was just stored. */
export interface StoredText {
  length: number;
  sha256: string;
}

/**
 * The run's facts that follow from a decision, in order: one live event each, numbered when they are stored. The text of
 * a completed section is not in the fact; readers join it from the section's row.
 */
export function runFacts(run: RunState, effects: readonly Effect[], stored: StoredText | null): StoredRunFact[] {
  return effects.flatMap((effect): StoredRunFact[] => {
    switch (effect.type) {
      case 'stage_began': {
        const { stage, sections } = effect;
        return [
          { type: 'stage', ...inDocument(run, documentOf(run, effect.documentId)), stage, sections: [...sections] },
        ];
      }
      case 'section_completed': {
        if (!stored) throw new Error(`step ${effect.stepId} completed without a text`);
        const { section, step } = sectionOf(run, effect.stepId);
        const { attempt } = step;
        return [{ type: 'section_complete', ...section.ids, attempt, title: section.title, ...stored }];
      }
      case 'section_failed': {
        const { section, step } = sectionOf(run, effect.stepId);
        // A step that failed without a call has attempt 0; on the wire attempts count from 1.
        const attempt = Math.max(step.attempt, 1);
        return [
          {
            type: 'section_failed',
            ...section.ids,
            attempt,
            error: sentenceOf(effect.problem),
            problem: effect.problem,
          },
        ];
      }
      case 'step_postponed': {
        // It waits for no instant that people could be told: to them it is in the queue.
        if (waitsForSection(effect.reason)) return [];
        const { section, step } = sectionOf(run, effect.stepId);
        const attempt = Math.max(step.attempt, 1);
        const next_attempt_at = new Date(effect.nextAttemptAt).toISOString();
        return [
          {
            type: 'section_delayed',
            ...section.ids,
            attempt,
            next_attempt_at,
            reason: effect.reason,
            position: effect.position,
          },
        ];
      }
      case 'progressed': {
        const { sectionsCompleted, sectionsTotal, etaSeconds } = effect;
        return [
          {
            type: 'progress',
            ...inDocument(run, documentOf(run, effect.documentId)),
            sections_completed: sectionsCompleted,
            sections_total: sectionsTotal,
            eta_seconds: etaSeconds,
          },
        ];
      }
      case 'document_ended': {
        const document = documentOf(run, effect.documentId);
        return [
          {
            type: 'document_complete',
            ...inDocument(run, document),
            version_id: document.versionId,
            status: effect.status,
          },
        ];
      }
      case 'run_ended':
        return [runEnd(run, effect)];
      default:
        return [];
    }
  });
}

function runEnd(run: RunState, effect: Extract<Effect, { type: 'run_ended' }>): StoredRunFact {
  const prd = run.documents.find((document) => document.kind === 'prd');
  const type = effect.status === 'succeeded' ? 'complete' : effect.status;
  if (type === 'queued' || type === 'running') throw new Error(`run ${run.runId} can't end as ${type}`);
  const error = effect.problem && sentenceOf(effect.problem);
  return { type, run_id: run.runId, prd_id: prd?.documentId ?? null, error, problem: effect.problem };
}

/** A fact as followers see it: with the text that was stored beside it. */
export function withText({ body, ...fact }: Numbered<StoredRunFact>, result: StepResult | undefined): NumberedFact {
  if (body.type !== 'section_complete') return { ...fact, body };
  return { ...fact, body: { ...body, content: result?.content ?? '' } };
}

/** The message on RabbitMQ that tells of fact number `n`: ids only. */
export function factMessage(projectId: string, n: number, body: StoredRunFact, run: RunState): OutgoingMessage {
  const numbered = { run_id: run.runId, project_id: projectId, n };
  if (!('document_id' in body)) return outgoing('run.ended', { ...numbered, status: run.status });
  const document = { ...numbered, document: body.document, document_id: body.document_id };
  switch (body.type) {
    case 'stage':
      return outgoing('run.stage_started', { ...document, stage: body.stage });
    case 'progress':
      return outgoing('run.progressed', document);
    case 'document_complete':
      return outgoing('document.completed', { ...document, version_id: body.version_id, status: body.status });
    case 'section_complete':
    case 'section_failed':
    case 'section_delayed': {
      const { section_id } = body;
      const step = stepOf(run, body.document_id, section_id);
      const section = { ...document, section_id, step_id: step.stepId, attempt: Math.max(step.attempt, 1) };
      if (body.type === 'section_complete') return outgoing('section.completed', section);
      if (body.type === 'section_delayed') return outgoing('section.delayed', section);
      return outgoing('section.failed', { ...section, code: body.problem.code });
    }
  }
}

/** The message that tells of a project's event. */
export function projectFact(projectId: string, n: number, body: ProjectEventBody): OutgoingMessage {
  return outgoing('project.changed', { project_id: projectId, n, type: body.type });
}

function documentOf(run: RunState, documentId: string): DocumentState {
  const document = run.documents.find((candidate) => candidate.documentId === documentId);
  if (!document) throw new Error(`run ${run.runId} has no document ${documentId}`);
  return document;
}

function inDocument(run: RunState, document: DocumentState) {
  return { run_id: run.runId, document: document.kind, document_id: document.documentId };
}

/** A step with its place: the ids events carry and the title readers see. */
export function sectionOf(run: RunState, stepId: string) {
  for (const document of run.documents) {
    const step = document.steps.find((candidate) => candidate.stepId === stepId);
    const section = step && document.blueprint.sections.find((candidate) => candidate.id === step.sectionId);
    if (step && section) {
      const ids = { ...inDocument(run, document), section_id: section.id };
      return { document, step, section: { ids, title: section.title, output: section.output } };
    }
  }
  throw new Error(`run ${run.runId} has no step ${stepId}`);
}

function stepOf(run: RunState, documentId: string, sectionId: string): StepState {
  const step = documentOf(run, documentId).steps.find((candidate) => candidate.sectionId === sectionId);
  if (!step) throw new Error(`run ${run.runId} writes no section ${sectionId}`);
  return step;
}
