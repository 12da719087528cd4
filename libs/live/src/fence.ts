import type { LiveEventBody } from '@planwright/contracts';

/** Fields of a section's fence and text within a log. */
export const fenceKey = (documentId: string, sectionId: string): string => `${documentId}/${sectionId}`;

/**
 * What a fact does to those who write text.
 * `final`: the section ended for good. `yield`: the attempt gave way and the next one may begin (attempt 0: whichever is
 * the newest). `document` and `run`: nobody writes there any more.
 */
export type Settlement =
  | { kind: 'final' | 'yield'; key: string; attempt: number }
  | { kind: 'document'; key: string }
  | { kind: 'run' }
  | null;

export function settlementOf(body: LiveEventBody): Settlement {
  switch (body.type) {
    case 'section_complete':
    case 'section_failed':
      return { kind: 'final', key: fenceKey(body.document_id, body.section_id), attempt: body.attempt };
    case 'section_delayed':
      return { kind: 'yield', key: fenceKey(body.document_id, body.section_id), attempt: body.attempt ?? 0 };
    case 'document_complete':
      return { kind: 'document', key: body.document_id };
    case 'complete':
    case 'partial':
    case 'failed':
    case 'cancelled':
      return { kind: 'run' };
    default:
      return null;
  }
}
