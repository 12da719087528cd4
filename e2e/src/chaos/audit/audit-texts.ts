import { parseTaskDrafts } from '@planwright/contracts';
import type { LedgerCall } from '@planwright/testing';
import { tokenOf } from '../writer.js';
import { finding, groupBy } from './finding.js';
import type { Books, Finding } from './finding.js';

/** Which section of which order a call or a row is about. */
export const subjectOf = (token: string, document: string, sectionId: string): string =>
  `${token}/${document}/${sectionId}`;

export function callsBySubject(calls: readonly LedgerCall[]): Map<string, LedgerCall[]> {
  return groupBy(calls, ({ prompt, document, sectionId }) => subjectOf(tokenOf(prompt) ?? '', document, sectionId));
}

/** What is stored is what the provider finished, byte for byte, once. */
export function auditTexts({ evidence, calls }: Books): Finding[] {
  const found: Finding[] = [];
  const tokens = new Map(evidence.runs.map(({ id, token }) => [id, token]));
  const ledger = callsBySubject(calls);
  const steps = new Map(evidence.steps.map((step) => [`${step.runId}/${step.document}/${step.sectionId}`, step]));
  for (const { runId, document, sectionId, status, content, draft } of evidence.sections) {
    const subject = subjectOf(tokens.get(runId) ?? '', document, sectionId);
    const own = ledger.get(subject) ?? [];
    const step = steps.get(`${runId}/${document}/${sectionId}`);
    if (content !== null) {
      const fault = faultOf(content, own);
      if (fault) found.push(finding(fault.rule, `${subject}: ${fault.detail}`));
      if (step?.status !== 'succeeded') {
        found.push(finding('step and text differ', `${subject}: content, and its step is ${step?.status}`));
      }
    } else if (step?.status === 'succeeded') {
      found.push(finding('step and text differ', `${subject}: its step succeeded without content (${status})`));
    }
    if (draft !== null && !own.some(({ text }) => text.startsWith(draft))) {
      found.push(finding('foreign draft', `${subject}: its draft of ${draft.length} characters is of no call`));
    }
  }
  return [...found, ...auditVersions(evidence), ...auditTasks(evidence)];
}

function faultOf(content: string, calls: readonly LedgerCall[]): Finding | undefined {
  if (calls.some(({ state, text }) => state === 'finished' && text === content)) return undefined;
  const whole = calls.find(({ text }) => text === content);
  if (whole) return finding('never finished', `the text of call ${whole.number}, which is ${whole.state}`);
  const begun = calls.find(({ text }) => text.startsWith(content));
  if (begun)
    return finding('draft as content', `${content.length} of ${begun.text.length} characters of call ${begun.number}`);
  return finding('foreign text', `${content.length} characters that no call wrote`);
}

function auditVersions({ versions }: Books['evidence']): Finding[] {
  const doubled = (rows: Map<string, unknown[]>, what: string) =>
    [...rows].flatMap(([key, { length }]) =>
      length > 1 ? [finding('doubled version', `${length} versions with the same ${what} (${key})`)] : [],
    );
  return [
    ...doubled(
      groupBy(versions, ({ documentId, number }) => `${documentId}, ${number}`),
      'document and number',
    ),
    ...doubled(
      groupBy(versions, ({ documentId, runId }) => `${documentId}, ${runId}`),
      'document and run',
    ),
  ];
}

/** Titles and descriptions name call and section: two that are alike are one task twice. */
function auditTasks({ tasks, sections, runs }: Books['evidence']): Finding[] {
  const found = [
    ...groupBy(tasks, ({ projectId, title, description }) => `${projectId}, ${title}, ${description}`),
  ].flatMap(([key, { length }]) => (length > 1 ? [finding('doubled task', `${length} times: ${key}`)] : []));
  const succeeded = new Set(runs.flatMap(({ id, status }) => (status === 'succeeded' ? [id] : [])));
  const written = sections
    .filter(({ document, runId, content }) => document === 'task_set' && content !== null && succeeded.has(runId))
    .flatMap(({ content }) => {
      const parsed = parseTaskDrafts(content ?? '');
      return parsed.ok ? parsed.tasks : [];
    });
  const titles = new Set(tasks.map(({ title, description }) => `${title}, ${description}`));
  const missing = written.filter(({ title, description }) => !titles.has(`${title}, ${description}`));
  return [...found, ...missing.map(({ title, description }) => finding('lost task', `${title}, ${description}`))];
}
