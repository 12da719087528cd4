export { DEFAULT_WORKSPACE_ID, instant, sha256Hex, uuid } from './ids.js';
export {
  documentStatus,
  ENDED_RUN_STATUSES,
  ENDED_STEP_STATUSES,
  mode,
  outputFormat,
  runKind,
  runStatus,
  sectionStatus,
  stepStatus,
  versionStatus,
} from './statuses.js';
export type {
  DocumentStatus,
  Mode,
  OutputFormat,
  RunKind,
  RunStatus,
  SectionStatus,
  StepStatus,
  VersionStatus,
} from './statuses.js';
export {
  failure,
  failureCode,
  FAILURES,
  JITTER_SHARE,
  MAX_DELAY_MS,
  MIN_RATE_LIMIT_DELAY_MS,
  problemOf,
  sentenceOf,
  stepProblem,
} from './failures.js';
export type { Failure, FailureCode, RetryPolicy, StepProblem } from './failures.js';
export {
  fieldErrors,
  invalidFields,
  makeProblem,
  MAX_BODY_BYTES,
  problem,
  problemCode,
  problemHeaders,
  PROBLEMS,
} from './problems.js';
export type { FieldError, Problem, ProblemCode } from './problems.js';
export { prompt, promptPart, promptText } from './prompt.js';
export type { Prompt, PromptPart } from './prompt.js';
export { cachesPrefix, DEFAULT_MODELS, PROVIDER_NAMES, PROVIDERS } from './providers.js';
export type { ProviderName } from './providers.js';
export { LIMITED_RESOURCES, providerCall, ProviderFailure } from './provider.js';
export type {
  GenerateRequest,
  LimitedResource,
  PromptPrefix,
  Provider,
  ProviderCall,
  ProviderEvent,
  Refusal,
  SeenLimit,
} from './provider.js';
export { addUsage, plainUsage, usage } from './usage.js';
export type { Usage } from './usage.js';
export { addCosts, cost, costOfCall, CURRENCY, MICRO_UNITS } from './cost.js';
export type { Cost } from './cost.js';
export { findCycle, parseTaskDrafts, taskDraft, taskDraftList, taskPriority, taskType } from './task-draft.js';
export type { ParsedTasks, TaskDraft, TaskDraftList } from './task-draft.js';
export { blueprint, blueprintProblems, blueprintSection, blueprintStage, sectionsBefore } from './blueprint.js';
export type { Blueprint, BlueprintSection, BlueprintStage } from './blueprint.js';
export { defineMessage, envelopeFields } from './messages/define-message.js';
export type {
  EnvelopeFields,
  Message,
  MessageAudience,
  MessageDefinition,
  MessageKind,
  MessageOf,
} from './messages/define-message.js';
export { runCancel, runStart, stepCancel, stepClass, stepGenerate } from './messages/commands.js';
export type { StepClass } from './messages/commands.js';
export {
  stepCancelled,
  stepDelayed,
  stepFailed,
  stepGenerated,
  stepLost,
  stepStarted,
  stepStreaming,
} from './messages/step-facts.js';
export {
  documentCompleted,
  projectChanged,
  runEnded,
  runProgressed,
  runStageStarted,
  sectionCompleted,
  sectionDelayed,
  sectionFailed,
} from './messages/facts.js';
export {
  makeMessage,
  MAX_MESSAGE_BYTES,
  MESSAGES,
  parseMessage,
  restoreMessage,
  routingKey,
} from './messages/catalogue.js';
export type { AnyMessage, Envelope, MessageName, ParsedMessage } from './messages/catalogue.js';
export {
  channelName,
  liveEnvelope,
  projectChannel,
  projectEventBody,
  RUN_END_TYPES,
  runChannel,
  runEventBody,
} from './live/events.js';
export type {
  ChunkBody,
  LiveEnvelope,
  LiveEvent,
  LiveEventBody,
  ProjectEventBody,
  ProjectLiveEvent,
  RunEndBody,
  RunEventBody,
  RunLiveEvent,
} from './live/events.js';
export { CLIENT_SILENCE_MS, clientFrame, CLOSE_CODES, HEARTBEAT_MS, LIVE_SUBPROTOCOL } from './live/frames.js';
export type { ClientFrame, ServerFrame } from './live/frames.js';
export { text } from './rest/text.js';
export { createProject, modelName, projectResource, providerName, updateProject } from './rest/projects.js';
export type { CreateProject, ProjectResource, UpdateProject } from './rest/projects.js';
export { onConflict, PLAN_DOCUMENTS, retryRun, runResource, runSummary, startRun, stepResource } from './rest/runs.js';
export type {
  OnConflict,
  PlanDocument,
  RetryRun,
  RetryRunRequest,
  RunResource,
  RunSummary,
  StartRun,
  StartRunRequest,
  StepResource,
} from './rest/runs.js';
export { runEstimate } from './rest/estimates.js';
export type { RunEstimate, SectionEstimate } from './rest/estimates.js';
export { budgetState, usageQuery, usageReport } from './rest/usage.js';
export type { BudgetState, UsageQuery, UsageReport } from './rest/usage.js';
export { idempotencyKey } from './rest/idempotency-key.js';
export {
  documentResource,
  documentSummary,
  versionResource,
  versionSection,
  versionSummary,
} from './rest/documents.js';
export type {
  DocumentResource,
  DocumentSummary,
  VersionResource,
  VersionSection,
  VersionSummary,
} from './rest/documents.js';
export { taskResource } from './rest/tasks.js';
export type { TaskResource } from './rest/tasks.js';
export { page, pageQuery } from './rest/lists.js';
export type { Page, PageQuery } from './rest/lists.js';
export { eventsPage, eventsQuery } from './rest/events.js';
export type { EventsQuery } from './rest/events.js';
export { idParam, ROUTES } from './rest/routes.js';
export type { Route } from './rest/routes.js';
export { frameworkProblem, notLocal, unreadablePath, unreadableRequest } from './rest/refusals.js';
export { openApiDocument } from './rest/openapi.js';
export { asyncApiDocument } from './messages/asyncapi.js';
