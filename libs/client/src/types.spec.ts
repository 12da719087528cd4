import { readFileSync } from 'node:fs';
import type {
  BlueprintResource,
  CoverageReport,
  CreateFeature,
  CreateProject,
  CreateTaskRequest,
  DecideSuggestion,
  DocumentResource,
  FeatureAccepted,
  FeatureLiveEvent,
  FeatureResource,
  LimitsReport,
  ListedProject,
  ModelResource,
  MoveTask,
  Page,
  PlanBundle,
  Problem,
  ProjectLiveEvent,
  ProjectResource,
  RegeneratedSection,
  ReplaceColumnsRequest,
  RunEstimate,
  RunLiveEvent,
  RunResource,
  RunSummary,
  TaskResource,
  UpdateTask,
  UsageReport,
  VersionDiff,
  VersionResource,
} from '@planwright/contracts';
import { openApiDocument } from '@planwright/contracts';
import type { FeatureEvent, ProjectEvent, RunEvent } from './events.js';
import type { Answer, Body, Schemas } from './types.js';

/** Compiles only where each fits the other. */
type Same<A, B> = [A] extends [B]
  ? [B] extends [A]
    ? true
    : 'the second does not fit the first'
  : 'the first does not fit the second';
const same = <_Pair extends true>(): void => undefined;

it('the types of the client are those of the contracts', () => {
  // What is compared is compared by `npm run typecheck`.
  same<Same<Answer<'getProject'>, ProjectResource>>();
  same<Same<Answer<'listProjects'>, Page<ListedProject>>>();
  same<Same<Answer<'startRun'>, RunResource>>();
  same<Same<Answer<'listRuns'>, Page<RunSummary>>>();
  same<Same<Answer<'getDocument'>, DocumentResource>>();
  same<Same<Answer<'getVersion'>, VersionResource>>();
  same<Same<Answer<'diffVersions'>, VersionDiff>>();
  same<Same<Answer<'regenerateSection'>, RegeneratedSection>>();
  same<Same<Answer<'moveTask'>, TaskResource>>();
  same<Same<Answer<'deleteTask'>, void>>();
  same<Same<Answer<'createFeature'>, FeatureAccepted>>();
  same<Same<Answer<'getFeature'>, FeatureResource>>();
  same<Same<Answer<'getCoverage'>, CoverageReport>>();
  same<Same<Answer<'getUsage'>, UsageReport>>();
  same<Same<Answer<'listModels'>, Page<ModelResource>>>();
  same<Same<Answer<'getLimits'>, LimitsReport>>();
  same<Same<Answer<'listBlueprints'>, Page<BlueprintResource>>>();
  same<Same<Schemas['RunEstimate'], RunEstimate>>();
  same<Same<Schemas['PlanBundle'], PlanBundle>>();
  same<Same<Problem['errors'], Schemas['Problem']['errors']>>();
  same<Same<Body<'createProject'>, Pick<CreateProject, 'name' | 'idea'> & Partial<CreateProject>>>();
  same<Same<Body<'createTask'>, CreateTaskRequest>>();
  same<Same<Body<'updateTask'>, UpdateTask>>();
  same<Same<Body<'moveTask'>, MoveTask>>();
  same<Same<Body<'decideSuggestion'>, DecideSuggestion>>();
  same<Same<Body<'replaceColumns'>, ReplaceColumnsRequest>>();
  same<Same<Body<'createFeature'>, CreateFeature>>();
  same<Same<RunEvent, RunLiveEvent>>();
  same<Same<FeatureEvent, FeatureLiveEvent>>();
  // A card and a run come whole, where the contracts promise an id only.
  same<ProjectEvent extends ProjectLiveEvent ? true : 'the client says what the contracts do not'>();
  same<Same<ProjectEvent['type'], ProjectLiveEvent['type']>>();

  // Every shape by its name, as the generated file has it.
  const generated = readFileSync(new URL('openapi.ts', import.meta.url), 'utf8');
  const { components } = openApiDocument('0') as { components: { schemas: object } };
  const missing = Object.keys(components.schemas).filter((name) => !generated.includes(`\n        ${name}: `));
  expect(missing).toEqual([]);
});
