import { RUN_END_TYPES } from '@planwright/contracts';
import type { RunLiveEvent, SectionChunk } from '@planwright/contracts';

/** The end of the older stream, whatever the end of the run was. */
interface StreamEnd {
  run_id: string;
  prd_id: string | null;
  /** `complete`, `partial`, `failed` or `cancelled`. */
  status: string;
  error: string | null;
}

export type PlainMessage = { event: 'chunk'; data: SectionChunk } | { event: 'complete'; data: StreamEnd };

interface Written {
  sectionId: string;
  attempt: number;
  text: string;
  /** How much of the text has gone out, in UTF-16 units. */
  sent: number;
  /** Nothing more will come of this attempt. */
  over: boolean;
}

/**
 * Turns the events of a run into what the older stream shows: the text of one section after another, in the order in
 * which they were begun, then one `complete`. The text of sections that are written side by side is held back until the
 * ones before are over, so that whoever puts the chunks together as they come has whole sections. Events may come again,
 * as after a reset: text that went out does not go out twice.
 */
export class OneAfterAnother {
  private line: Written[] = [];
  private readonly known = new Map<string, Written>();

  take(event: RunLiveEvent): PlainMessage[] {
    switch (event.type) {
      case 'section_started':
        this.begin(event.section_id, event.attempt);
        break;
      case 'chunk':
        this.append(event);
        break;
      case 'section_complete': {
        const section = this.at(event.section_id, event.attempt);
        if (!section) break;
        section.text = event.content;
        section.over = true;
        break;
      }
      case 'section_failed':
      case 'section_delayed': {
        const section = this.known.get(event.section_id);
        if (!section || (event.attempt ?? section.attempt) < section.attempt) break;
        // A draft at most, which nobody is shown that has not seen it yet.
        section.text = section.text.slice(0, section.sent);
        section.over = true;
        break;
      }
      default:
        if (isEnd(event)) return [...this.finished(event.run_id), endOf(event)];
    }
    return this.flush(event.run_id);
  }

  private begin(sectionId: string, attempt: number): Written | undefined {
    const before = this.known.get(sectionId);
    if (before && before.attempt >= attempt) return before.attempt === attempt ? before : undefined;
    const section = { sectionId, attempt, text: '', sent: 0, over: false };
    this.known.set(sectionId, section);
    // It keeps its place in the line where it has one.
    const place = this.line.findIndex((one) => one.sectionId === sectionId);
    if (place < 0) this.line.push(section);
    else this.line[place] = section;
    return section;
  }

  /** The section as this attempt writes it; a log that was made anew tells of no beginning. */
  private at(sectionId: string, attempt: number): Written | undefined {
    return this.begin(sectionId, attempt);
  }

  private append({ section_id, attempt, offset, content }: Extract<RunLiveEvent, { type: 'chunk' }>): void {
    const section = this.at(section_id, attempt);
    if (section && offset <= section.text.length) section.text += content.slice(section.text.length - offset);
  }

  private flush(runId: string): PlainMessage[] {
    const out: PlainMessage[] = [];
    for (let first = this.line[0]; first; first = this.line[0]) {
      out.push(...rest(runId, first));
      if (!first.over) break;
      this.line.shift();
    }
    return out;
  }

  /** At the end of the run nobody waits for sections that are not over any more. */
  private finished(runId: string): PlainMessage[] {
    this.line = this.line.filter(({ over }) => over);
    return this.flush(runId);
  }
}

function rest(runId: string, section: Written): PlainMessage[] {
  const { sectionId, attempt, sent, text } = section;
  if (sent >= text.length) return [];
  section.sent = text.length;
  const data = { run_id: runId, section_id: sectionId, attempt, offset: sent, content: text.slice(sent) };
  return [{ event: 'chunk', data }];
}

type EndEvent = Extract<RunLiveEvent, { prd_id: unknown }>;

const isEnd = (event: RunLiveEvent): event is EndEvent => RUN_END_TYPES.some((type) => type === event.type);

function endOf({ run_id, prd_id, type, error }: EndEvent): PlainMessage {
  return { event: 'complete', data: { run_id, prd_id, status: type, error: error ?? null } };
}
