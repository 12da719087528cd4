export { DEFAULT_WORKSPACE_ID, instant, sha256Hex, uuid } from './ids.js';
export {
  documentStatus,
  ENDED_RUN_STATUSES,
  ENDED_STEP_STATUSES,
  featureStatus,
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
  FeatureStatus,
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
export { cachesPrefix, DEFAULT_MODELS, PROVIDER_NAMES, PROVIDERS, writesLanguage } from './providers.js';
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
export {
  blueprint,
  blueprintProblems,
  blueprintSection,
  blueprintShape,
  blueprintStage,
  sectionsBefore,
} from './blueprint.js';
export type { Blueprint, BlueprintProblem, BlueprintSection, BlueprintStage } from './blueprint.js';
export { textWarning } from './text-warning.js';
export type { TextWarning } from './text-warning.js';
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
export { stepHashes } from './messages/step-hashes.js';
export type { StepHashes } from './messages/step-hashes.js';
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
export { featureGenerated, featureGenerationFailed, featureProgress } from './messages/feature-facts.js';
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
  featuresChannel,
  liveEnvelope,
  projectChannel,
  projectEventBody,
  RUN_END_TYPES,
  runChannel,
  runEventBody,
  TASK_EVENT_TYPES,
} from './live/events.js';
export type {
  ChunkBody,
  FeatureLiveEvent,
  LiveEnvelope,
  LiveEvent,
  LiveEventBody,
  ProjectEventBody,
  ProjectLiveEvent,
  RunEndBody,
  RunEventBody,
  RunLiveEvent,
} from './live/events.js';
export { featureEventBody } from './live/feature-events.js';
export type { FeatureEventBody } from './live/feature-events.js';
export { CLIENT_SILENCE_MS, clientFrame, CLOSE_CODES, HEARTBEAT_MS, LIVE_SUBPROTOCOL } from './live/frames.js';
export type { ClientFrame, ServerFrame } from './live/frames.js';
export { text } from './rest/text.js';
export { listedProject, projectsQuery } from './rest/project-list.js';
export type { ListedProject, ProjectsQuery } from './rest/project-list.js';
export { createProject, modelName, projectResource, providerName, updateProject } from './rest/projects.js';
export type { CreateProject, ProjectResource, UpdateProject } from './rest/projects.js';
export {
  DOCUMENT_ALIASES,
  onConflict,
  PLAN_DOCUMENTS,
  retryRun,
  runResource,
  runSummary,
  sectionName,
  startRun,
  stepResource,
} from './rest/runs.js';
export type {
  OnConflict,
  RetryRun,
  RetryRunRequest,
  RunResource,
  RunSummary,
  StartRun,
  StartRunRequest,
  StepResource,
} from './rest/runs.js';
export {
  createFeature,
  FEATURE_ACCEPTED,
  featureAccepted,
  featureResource,
  featuresQuery,
  retryFeature,
} from './rest/features.js';
export type { CreateFeature, FeatureAccepted, FeatureResource, FeaturesQuery, RetryFeature } from './rest/features.js';
export { runEstimate } from './rest/estimates.js';
export type { RunEstimate, SectionEstimate } from './rest/estimates.js';
export { blueprintResource } from './rest/blueprints.js';
export type { BlueprintResource } from './rest/blueprints.js';
export { budgetState, usageQuery, usageReport } from './rest/usage.js';
export type { BudgetState, UsageQuery, UsageReport } from './rest/usage.js';
export { modelResource } from './rest/models.js';
export type { ModelResource } from './rest/models.js';
export { limitsReport } from './rest/limits.js';
export type { LimitsReport, ProviderLimits, WaitingStepResource } from './rest/limits.js';
export { idempotencyKey } from './rest/idempotency-key.js';
export {
  documentResource,
  documentSummary,
  requirementResource,
  versionResource,
  versionSection,
  versionDiff,
  versionSummary,
} from './rest/documents.js';
export type {
  DocumentResource,
  DocumentSummary,
  RequirementResource,
  VersionResource,
  VersionSection,
  VersionSummary,
  VersionDiff,
} from './rest/documents.js';
export { isRank } from './rank.js';
export { column, columnCategory, columnKey, columnScope, columnsResource, replaceColumns } from './rest/columns.js';
export type {
  Column,
  ColumnCategory,
  ColumnScope,
  ColumnsResource,
  ReplaceColumns,
  ReplaceColumnsRequest,
} from './rest/columns.js';
export {
  createTask,
  decideSuggestion,
  moveTask,
  taskETag,
  taskField,
  taskFields,
  taskResource,
  tasksQuery,
  taskSuggestion,
  updateTask,
} from './rest/tasks.js';
export type {
  CreateTask,
  CreateTaskRequest,
  DecideSuggestion,
  MoveTask,
  TaskField,
  TaskFields,
  TaskResource,
  TasksQuery,
  TaskSuggestion,
  UpdateTask,
} from './rest/tasks.js';
export { BUNDLE_SCHEMA, MAX_BUNDLE_BYTES, MOST_CARDS, planBundle, planExport } from './bundle.js';
export type {
  ExportedDocument,
  ExportedSection,
  ExportedTask,
  ExportedVersion,
  PlanBundle,
  PlanExport,
} from './bundle.js';
export { EXPORT_TYPES, exportQuery } from './rest/exports.js';
export type { ExportFormat, ExportQuery } from './rest/exports.js';
export { coverageReport } from './rest/coverage.js';
export type { CoverageReport } from './rest/coverage.js';
export { includesRole, role, ROLES, strongestRole } from './roles.js';
export type { Role } from './roles.js';
export { apiKeyResource, createApiKey, issuedApiKey, rotateApiKey } from './rest/api-keys.js';
export type { ApiKeyResource, CreateApiKey, IssuedApiKey, RotateApiKey } from './rest/api-keys.js';
export { auditEntry } from './rest/audit-log.js';
export type { AuditEntryResource } from './rest/audit-log.js';
export { TICKET_SECONDS, ticketResource } from './rest/tickets.js';
export type { TicketResource } from './rest/tickets.js';
export { page, pageQuery } from './rest/lists.js';
export type { Page, PageQuery } from './rest/lists.js';
export { eventsPage, eventsQuery } from './rest/events.js';
export type { EventsQuery } from './rest/events.js';
export { WEBHOOK_EVENTS, WEBHOOK_PAYLOADS, WEBHOOK_TEST_EVENT, webhookPayload } from './webhook-events.js';
export type { WebhookEvent, WebhookPayload } from './webhook-events.js';
export {
  createWebhook,
  deliveriesQuery,
  deliveryParams,
  deliveryResource,
  MAX_WEBHOOKS,
  SECRET_OVERLAP_HOURS,
  updateWebhook,
  webhookResource,
  webhookWithSecret,
} from './rest/webhooks.js';
export type {
  CreateWebhook,
  DeliveriesQuery,
  DeliveryResource,
  DeliveryStatus,
  UpdateWebhook,
  WebhookDisabledReason,
  WebhookResource,
  WebhookWithSecret,
} from './rest/webhooks.js';
export { regenerateSection, regeneratedSection } from './rest/regenerate.js';
export type { RegeneratedSection, RegenerateSection, RegenerateSectionRequest } from './rest/regenerate.js';
export { idParam, ROUTES } from './rest/routes.js';
export type { Route } from './rest/routes.js';
export { streamPrd } from './rest/stream-prd.js';
export type { SectionChunk, StreamPrd } from './rest/stream-prd.js';
export { breakingChanges } from './rest/breaking-changes.js';
export type { BreakingChange } from './rest/breaking-changes.js';
export {
  allowedMethods,
  bodyLimit,
  frameworkProblem,
  notLocal,
  otherOrigin,
  unreadablePath,
  unreadableRequest,
} from './rest/refusals.js';
export { openApiDocument } from './rest/openapi.js';
export { asyncApiDocument } from './messages/asyncapi.js';
