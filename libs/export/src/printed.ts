import type { ExportedDocument, ExportedSection, PlanExport } from '@planwright/contracts';
import { parseTaskDrafts } from '@planwright/contracts';
import { documentTitle, oneLine } from './titles.js';

/** A document as people read it: its sections in document order. */
export interface PrintedDocument {
  title: string;
  document: ExportedDocument;
  sections: ExportedSection[];
}

/**
 * The documents of a plan that are read as text. Archived ones are put away, and a list of tasks as a model wrote it is
 * data: its cards are what people read. Those of a feature come after the plan's own, with the feature's first words.
 */
export function printedDocuments({ documents, features }: PlanExport): PrintedDocument[] {
  const rank = ({ feature }: ExportedDocument) =>
    feature === null ? -1 : features.findIndex(({ id }) => id === feature);
  return documents
    .filter(({ archived }) => !archived)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((document) => {
      const feature = features.find(({ id }) => id === document.feature);
      const title = documentTitle(document) + (feature ? `: ${firstWords(feature.description)}` : '');
      const sections = document.version.sections.toSorted((a, b) => a.order - b.order);
      return { title, document, sections: sections.filter((section) => !isTaskList(section)) };
    })
    .filter(({ sections }) => sections.length > 0);
}

/** True where readers get some document of the project. */
export function hasUsableVersion({ documents }: PlanExport): boolean {
  return documents.some(({ archived }) => !archived);
}

/** What stands in the place of a section that has no text; null where it has one. */
export function missingNote({ status, error, draft }: ExportedSection): string | null {
  if (status === 'completed') return null;
  const why = status === 'failed' ? oneLine(error ?? '') : 'It was cancelled.';
  return `This section is missing. ${why}${draft ? ' What was written of it follows.' : ''}`.trim();
}

function isTaskList({ content }: ExportedSection): boolean {
  return content !== null && content.trimStart().startsWith('{') && parseTaskDrafts(content).ok;
}

const MOST = 60;

/** The beginning of a text, cut between words. */
export function firstWords(text: string): string {
  const line = oneLine(text);
  if (line.length <= MOST) return line;
  const cut = line.slice(0, MOST + 1).replace(/\s+\S*$/, '');
  return `${cut
    .slice(0, MOST)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** How much text a document of this plan is made of, in UTF-16 units. */
export function charactersOf({ documents, tasks }: PlanExport): number {
  const texts = [
    ...documents.flatMap(({ version }) => version.sections.map(({ content, draft }) => content ?? draft ?? '')),
    ...tasks.flatMap(({ description, acceptance_criteria: criteria }) => [description, ...criteria]),
  ];
  return texts.reduce((sum, text) => sum + text.length, 0);
}
