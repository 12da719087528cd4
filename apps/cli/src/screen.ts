import type { RunLiveEvent, RunResource } from '@planwright/contracts';
import { emptyRunView, reduceRun, sectionKey } from '@planwright/client';
import type { DocumentView, RunView, SectionView } from '@planwright/client';
import { BOARD } from './kinds.js';
import type { Paper } from './paper.js';
import { documentName, durationText, sentenceCase } from './words.js';

export interface ScreenOptions {
  paper: Paper;
  /** The run at its start: which documents, how many stages and sections. */
  run: Pick<RunResource, 'documents' | 'steps'>;
  /** Titles of sections by `sectionKey`; where one is missing the section's id stands until it is complete. */
  titles: ReadonlyMap<string, string>;
  /** What people call a kind of document. Default: `documentName`. */
  kindName?(kind: string): string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What stands of a section on the paper. */
interface Printed {
  attempt: number;
  /** UTF-16 units. */
  length: number;
}

/**
 * Shows a run. One section is in front and appears as it is written; those written beside it wait behind it and follow
 * when it is finished, complete ones first. Nothing that was shown is shown again, whatever the connection does: what
 * there is to show is read from the reduced view of the run, and this class remembers what stands on the paper.
 *
 * Between two sections stands a line of progress, unless the paper has a status line that tells it all the time.
 */
export class Screen {
  private view: RunView = emptyRunView();
  /** Sections that began and are not on the paper to their end, in order of beginning. */
  private waiting: string[] = [];
  private front: string | null = null;
  private readonly printed = new Map<string, Printed>();
  private readonly finished = new Set<string>();
  private lastDocument: string | null = null;
  private toldProgress = '';
  private etaReadAt = 0;
  private isConnected = true;

  constructor(private readonly options: ScreenOptions) {}

  show(event: RunLiveEvent): void {
    this.isConnected = true;
    this.view = reduceRun(this.view, event);
    if (event.type === 'section_started' || event.type === 'section_complete' || event.type === 'section_failed') {
      this.expect(sectionKey(event.document_id, event.section_id));
    }
    if (event.type === 'section_delayed' && this.front === null) {
      this.tellDelay(sectionKey(event.document_id, event.section_id));
    }
    if (event.type === 'progress') this.etaReadAt = this.options.now();
    // The line of progress belongs behind its section: what follows waits for the news that comes right after it.
    if (event.type === 'section_complete') this.print(1);
    else this.print();
    if (event.type === 'document_complete') this.tellDocument(event.document_id, event.document, event.status);
    this.tick();
  }

  /** Renews what changes with time alone: countdowns. */
  tick(): void {
    if (this.options.paper.hasStatus) this.options.paper.status(this.statusText());
  }

  /** Everything is told again from the first event; what stands on the paper is known and stays. */
  reset(): void {
    this.view = { ...this.view, epoch: null, seq: 0 };
  }

  /** The connection is lost and will be tried again. */
  disconnected(): void {
    this.isConnected = false;
    this.tick();
  }

  private expect(key: string): void {
    if (!this.finished.has(key) && !this.waiting.includes(key)) this.waiting.push(key);
  }

  /** Brings what is new onto the paper, at most up to the end of so many sections. */
  private print(limit = Infinity): void {
    for (let left = limit; left > 0;) {
      this.front ??= this.next();
      if (this.front === null) return;
      const section = this.view.sections[this.front];
      if (!section) return;
      if (!this.printFront(this.front, section)) return;
      left -= 1;
    }
  }

  /** The section to show next: a complete one, else one with text. */
  private next(): string | null {
    this.tellProgress();
    const sections = this.waiting.map((key) => ({ key, section: this.view.sections[key] }));
    const next =
      sections.find(({ section }) => section && isFinal(section)) ??
      sections.find(({ section }) => section?.draft !== undefined && section.draft !== '');
    return next?.key ?? null;
  }

  /** True when the section gives way to others: it is finished, or waits for its next try. */
  private printFront(key: string, section: SectionView): boolean {
    const { paper } = this.options;
    if (section.status === 'delayed') {
      if (this.printed.get(key)?.length)
        paper.block('(That try broke off. The section is written again later.)', 'dim');
      this.tellDelay(key);
      this.printed.delete(key);
      this.giveWay(key);
      return true;
    }
    this.printText(key, section);
    if (!isFinal(section)) return false;
    if (section.status === 'failed') paper.block(`✗ Not written: ${section.error ?? 'no reason was given'}`);
    if (section.status === 'cancelled' && this.printed.has(key)) paper.block('(Cancelled here.)', 'dim');
    this.finished.add(key);
    this.giveWay(key);
    return true;
  }

  private printText(key: string, section: SectionView): void {
    const { paper } = this.options;
    // A list of tasks is JSON on its way; it is shown as a list when the run has ended.
    const text = section.document === BOARD ? '' : (section.content ?? section.draft);
    let printed = this.printed.get(key);
    if (printed && printed.length > 0 && printed.attempt !== section.attempt) {
      paper.block('(That try broke off. The section is written anew.)', 'dim');
      paper.line('');
      printed = { attempt: section.attempt, length: 0 };
    }
    if (!printed) {
      if (text === '' && section.status !== 'failed') return;
      this.printHeading(section);
      printed = { attempt: section.attempt, length: 0 };
    }
    paper.write(text.slice(printed.length));
    this.printed.set(key, { attempt: section.attempt, length: text.length });
  }

  private giveWay(key: string): void {
    this.waiting = this.waiting.filter((other) => other !== key);
    this.front = null;
  }

  private printHeading(section: SectionView): void {
    const { paper } = this.options;
    if (section.documentId !== this.lastDocument) paper.block(`# ${this.kindName(section.document)}`, 'bold');
    this.lastDocument = section.documentId;
    paper.block(`## ${this.titleOf(section)}`, 'bold');
    paper.line('');
  }

  private tellProgress(): void {
    const { paper } = this.options;
    const document = this.view.documents[this.view.currentDocumentId ?? ''];
    if (paper.hasStatus || !document) return;
    const state = `${document.documentId} ${document.sectionsCompleted}`;
    const isWhole = document.sectionsCompleted > 0 && this.totalOf(document) === 1;
    if (state === this.toldProgress || isWhole) return;
    this.toldProgress = state;
    paper.block(`— ${this.progressText(document)}`, 'dim');
  }

  private tellDelay(key: string): void {
    const section = this.view.sections[key];
    if (!this.options.paper.hasStatus && section) this.options.paper.block(`— ${this.waitText(section)}`, 'dim');
  }

  private tellDocument(documentId: string, kind: string, status: string): void {
    const document = this.view.documents[documentId];
    // Of a document that was never begun there is nothing to tell.
    if (!document || (status === 'cancelled' && document.stage === null)) return;
    const total = this.totalOf(document);
    const count = total > 1 ? `, ${document.sectionsCompleted} of ${total} sections` : '';
    this.options.paper.block(`${this.kindName(kind)}: ${status}${count}`, 'bold');
  }

  private kindName(kind: string): string {
    return (this.options.kindName ?? documentName)(kind);
  }

  private titleOf(section: SectionView): string {
    const { title, documentId, sectionId } = section;
    return title ?? this.options.titles.get(sectionKey(documentId, sectionId)) ?? sentenceCase(sectionId);
  }

  /** Where the document being written stands. */
  private progressText(document: DocumentView): string {
    const { kind, stage, sectionsCompleted: done, etaSeconds } = document;
    const steps = this.options.run.steps.filter((step) => step.document === kind);
    const stages = Math.max(0, ...steps.map((step) => step.stage));
    const total = this.totalOf(document);
    return [
      this.kindName(kind),
      ...(stages > 1 && stage !== null ? [`stage ${stage} of ${stages}`] : []),
      `${done} of ${total} ${total === 1 ? 'section' : 'sections'}`,
      ...(etaSeconds === null || done === total ? [] : [this.etaText(etaSeconds)]),
    ].join(' · ');
  }

  /** Before the first news of progress the run itself says how many there are. */
  private totalOf({ documentId, sectionsTotal }: DocumentView): number {
    return sectionsTotal || (this.options.run.documents.find(({ id }) => id === documentId)?.sections_total ?? 0);
  }

  private etaText(etaSeconds: number): string {
    const left = etaSeconds - (this.options.now() - this.etaReadAt) / 1000;
    return left < 1 ? 'almost done' : `about ${durationText(left)} left`;
  }

  private statusText(): string | null {
    if (this.view.ended) return null;
    const document = this.view.documents[this.view.currentDocumentId ?? ''];
    const progress = document ? this.progressText(document) : 'Waiting to begin';
    if (!this.isConnected) return `${progress} · connection lost, trying again`;
    const sections = Object.values(this.view.sections);
    const writing = sections.filter(({ status }) => status === 'generating');
    const delayed = sections.filter(({ status }) => status === 'delayed').sort(bySoonest);
    const parts = [progress];
    if (writing.length > 1) parts.push(`${writing.length} being written`);
    else if (writing[0]) parts.push(`writing ${this.titleOf(writing[0])}`);
    if (delayed[0])
      parts.push(this.waitText(delayed[0]) + (delayed.length > 1 ? ` and ${delayed.length - 1} more` : ''));
    return parts.join(' · ');
  }

  private waitText(section: SectionView): string {
    const title = this.titleOf(section);
    const left = (Date.parse(section.nextAttemptAt ?? '') - this.options.now()) / 1000;
    const how = left > 0 ? ` ${durationText(left)}` : '';
    return `${title} waits${how} (${(section.reason ?? 'delayed').replaceAll('_', ' ')})`;
  }
}

function isFinal({ status }: SectionView): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

function bySoonest(a: SectionView, b: SectionView): number {
  return (a.nextAttemptAt ?? '').localeCompare(b.nextAttemptAt ?? '');
}
