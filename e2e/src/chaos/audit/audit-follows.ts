import type { Follow } from '../follow.js';
import { sha256 } from '../../transcript.js';
import { finding } from './finding.js';
import type { Books, Finding } from './finding.js';

/** Who followed a run saw its end and, for every completed section, exactly what is stored. */
export function auditFollows(follows: readonly Follow[], { evidence }: Books): Finding[] {
  return follows.flatMap(({ runId, transcript }) => {
    const found: Finding[] = transcript.faults.map((fault) =>
      finding('broken feed', `run ${runId}: ${fault.slice(0, 300)}`),
    );
    const run = evidence.runs.find(({ id }) => id === runId);
    if (!run || run.finishedAt === null) return found;
    const due = run.status === 'succeeded' ? 'complete' : run.status;
    if (transcript.end?.type !== due) {
      const last = transcript.events.at(-1);
      const heard = `${transcript.events.length} events, the last ${last?.type} ${last?.seq}`;
      return [...found, finding('follower not told', `run ${runId} is ${run.status}; heard: ${heard}`)];
    }
    for (const { runId: of, document, sectionId, content } of evidence.sections) {
      if (of !== runId || content === null) continue;
      const told = transcript.events.find(
        (event) => event.type === 'section_complete' && event.document === document && event.section_id === sectionId,
      );
      if (told?.type !== 'section_complete' || told.content !== content || told.sha256 !== sha256(content)) {
        found.push(
          finding('follower inexact', `run ${runId}, ${sectionId}: told ${told ? 'another text' : 'nothing'}`),
        );
        continue;
      }
      // A log that was lost, or could not be written for a while, misses chunks; what it has is of the text.
      const { document_id, section_id, attempt } = told;
      const written = transcript.text(document_id, section_id) ?? '';
      const begun = transcript.events.findLast(
        (event) =>
          event.type === 'section_started' && event.document_id === document_id && event.section_id === section_id,
      );
      const same = begun?.type === 'section_started' && begun.attempt === attempt;
      if (same && !content.startsWith(written)) {
        const shown = JSON.stringify(written.slice(0, 80));
        found.push(finding('follower inexact', `run ${runId}, ${sectionId}: saw what is not its text: ${shown}`));
      }
    }
    return found;
  });
}
