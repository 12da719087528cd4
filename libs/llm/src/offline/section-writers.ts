import type { GenerateRequest } from '@planwright/contracts';
import type { Brief } from './brief.js';
import type { Part } from './fit.js';
import { fitSection } from './fit.js';
import { listed, quoted } from './phrases.js';
import { architecture, components } from './sections/architecture.js';
import { successMetrics, technicalConsiderations } from './sections/considerations-and-metrics.js';
import { apiContracts, dataModel } from './sections/data-and-interface.js';
import { identifiedGaps, nextSteps, openQuestions } from './sections/draft-sections.js';
import { furtherPoint, generalSection } from './sections/general-section.js';
import { nonFunctionalRequirements } from './sections/how-well.js';
import { appendix, milestones, risks } from './sections/milestones-and-risks.js';
import { goals, problemStatement } from './sections/problem-and-goals.js';
import { decisions, rollout, technicalQuestions } from './sections/rollout-and-decisions.js';
import { operations, security } from './sections/security-and-operations.js';
import { executiveSummary, technicalSummary } from './sections/summaries.js';
import { capacity, testing } from './sections/testing-and-capacity.js';
import { proposedSolution, targetUsers } from './sections/users-and-solution.js';
import { functionalRequirements } from './sections/what-it-must-do.js';
import type { SectionWriter } from './sections/wording.js';

/**
 * Which writer serves which section: the first pattern found in its id, then in its title. So a team's own "threat
 * model" gets the security writer, and what nobody knows gets the general one.
 */
const WRITERS: readonly (readonly [RegExp, SectionWriter])[] = [
  [/tech\w*_summary/, technicalSummary],
  [/summary|abstract|overview$(?<!architecture_overview|system_overview)|tl_?dr/, executiveSummary],
  [/tech\w*_question/, technicalQuestions],
  [/question|unknown/, openQuestions],
  [/non_?functional|quality_attribute|nfr/, nonFunctionalRequirements],
  [/functional|requirement|behaviou?r|feature_list|user_stor/, functionalRequirements],
  [/risk/, risks],
  [/secur|privacy|threat|compliance|permission/, security],
  [/problem|background|motivation|context/, problemStatement],
  [/goal|objective/, goals],
  [/user|persona|audience|customer|stakeholder/, targetUsers],
  [/solution|proposal|approach/, proposedSolution],
  [/component|module/, components],
  [/data|schema|entit|storage/, dataModel],
  [/api|interface|contract|integration|endpoint/, apiContracts],
  [/test|verification/, testing],
  [/reliab|operation|observab|monitor|incident|failure|resilien|alert|on_?call|runbook/, operations],
  [/capacity|performance|scal/, capacity],
  [/rollout|migration|deploy|release|infra/, rollout],
  [/decision|alternative|trade/, decisions],
  [/architect|design/, architecture],
  [/metric|kpi|measure|success/, successMetrics],
  [/timeline|milestone|roadmap|schedule|phase/, milestones],
  [/gap|assumption|missing/, identifiedGaps],
  [/next|action/, nextSteps],
  [/appendix|glossary|reference/, appendix],
  [/tech|consideration|stack/, technicalConsiderations],
];

/** The Markdown of a section: about the brief, of about the wanted length. */
export function writeSection(
  brief: Brief,
  request: Pick<GenerateRequest, 'sectionId' | 'title' | 'words' | 'maxOutputTokens'>,
): string {
  const names = [request.sectionId, request.title].map((name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_'));
  const writer = names
    .map((name) => WRITERS.find(([pattern]) => pattern.test(name))?.[1])
    .find((found) => found !== undefined);
  const parts = writer ? writer(brief) : generalSection(brief, request.title);
  const wishes: Part[] =
    brief.wishes.length > 0
      ? [{ style: 'paragraphs', items: [`Asked for in this version: ${listed(brief.wishes.map(quoted))}.`] }]
      : [];
  return fitSection([...wishes, ...parts], { ...request.words, maxLength: request.maxOutputTokens * 4 }, (round) =>
    furtherPoint(brief, brief.capabilities.length + round),
  );
}
