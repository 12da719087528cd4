import type { Reads, Tx } from '../../src/index.js';
import type { Things } from './scene.js';

const page = { limit: 100 };
const always = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };

type Asked<Of> = (of: Of, mine: string, things: Things) => Promise<unknown>;

/** Every question that a workspace may ask, about things that need not be its own. */
export const READS: Readonly<Record<string, Asked<Reads>>> = {
  project: (read, mine, { projectId }) => read.project(mine, projectId),
  projects: (read, mine) => Promise.all([read.projects(mine, page), read.projects(mine, { ...page, q: 'FRIDGE' })]),
  plan: (read, mine, { projectId }) => read.plan(mine, projectId),
  run: (read, mine, { runId }) => read.run(mine, runId),
  runSummary: (read, mine, { runId }) => read.runSummary(mine, runId),
  runs: (read, mine, { projectId }) => read.runs(mine, projectId, page),
  document: (read, mine, { documentId }) => read.document(mine, documentId),
  documents: (read, mine, { projectId }) => read.documents(mine, projectId, page),
  version: (read, mine, { versionId }) => read.version(mine, versionId),
  versions: (read, mine, { documentId }) => read.versions(mine, documentId, page),
  task: (read, mine, { taskId }) => read.task(mine, taskId),
  tasks: (read, mine, { projectId }) => read.tasks(mine, projectId, page),
  columns: (read, mine, { projectId }) => read.columns(mine, projectId),
  linkedPlan: (read, mine, { projectId }) => read.linkedPlan(mine, projectId),
  feature: (read, mine, { featureId }) => read.feature(mine, featureId),
  features: (read, mine, { projectId }) => read.features(mine, projectId, page),
  workspace: (read, _mine, { workspaceId }) => read.workspace(workspaceId),
  workspacesNamed: (read, _mine, { workspaceId }) => read.workspacesNamed(workspaceId),
  apiKeys: (read, mine) => read.apiKeys(mine, page),
  apiKeyResource: (read, mine, { apiKeyId }) => read.apiKeyResource(mine, apiKeyId),
  auditLog: (read, mine) => read.auditLog(mine, page),
  webhooks: (read, mine) => read.webhooks(mine, page),
  webhook: (read, mine, { webhookId }) => read.webhook(mine, webhookId),
  deliveries: (read, mine, { webhookId }) => read.deliveries(mine, webhookId, page),
  delivery: (read, mine, { webhookId, deliveryId }) => read.delivery(mine, webhookId, deliveryId),
  usage: (read, mine) => read.usage(mine, always),
  budget: (read, _mine, { workspaceId }) => read.budget(workspaceId),
  waitingSteps: (read, mine) => read.waitingSteps(mine, 100),
  sectionHistory: (read, mine) => read.sectionHistory(mine, { provider: 'offline', model: 'placeholder' }),
  versionTexts: (read, mine, { versionId }) => read.versionTexts(mine, [versionId]),
  runEvents: (read, _mine, { runId }) => read.runEvents(runId, 0, 100),
  projectEvents: (read, _mine, { projectId }) => read.projectEvents(projectId, 0, 100),
  featureEvents: (read, _mine, { projectId }) => read.featureEvents(projectId, 0, 100),
  channelOwner: (read, _mine, { runId }) => read.channelOwner(`run.${runId}`),
  turns: (read, _mine, { stepId }) => read.turns([stepId]),
  silentRuns: (read) => read.silentRuns({ olderThanMs: 0 }, 100),
};

/** What is meant to answer across workspaces, or says nothing of any. */
export const ACROSS = ['apiKey', 'channelOwnerAnywhere'];

/** The engine's own questions, of steps in a state that this scene has not. */
export const OF_THE_ENGINE = ['renderInputs', 'dueSteps', 'silentSteps', 'pulse'];

/** What a request may want to change, or looks at inside its transaction. */
export const CHANGES: Readonly<Record<string, Asked<Tx>>> = {
  'update a project': (tx, mine, { projectId }) => tx.projects.update(mine, projectId, { name: 'Mine now' }),
  'lock a project': (tx, mine, { projectId }) => tx.projects.lock(mine, projectId),
  'delete a project': (tx, mine, { projectId }) => tx.projects.delete(mine, projectId),
  'cancel a run': (tx, mine, { activeRunId }) => tx.runs.requestCancel(mine, activeRunId),
  'retry a run': (tx, mine, { runId }) => tx.runs.retrySource(mine, runId),
  'lock a run': (tx, _mine, { runId }) => tx.runs.lock(runId),
  'list runs': (tx, mine, { projectId }) => tx.runs.idsOf(mine, projectId),
  'list active runs': (tx, mine, { projectId }) => tx.runs.active(mine, projectId),
  'count active runs': (tx, mine) => tx.runs.countActive(mine, 100),
  'find active versions': (tx, mine, { projectId }) => tx.documents.active(mine, projectId),
  'find sources': (tx, mine, { projectId }) => tx.documents.sources(mine, projectId),
  'find what is present': (tx, mine, { projectId }) => tx.documents.present(mine, projectId),
  'find the project of a document': (tx, mine, { documentId }) => tx.documents.projectOf(mine, documentId, 'prd'),
  'activate a version': (tx, mine, { versionId }) => tx.documents.activate(mine, versionId),
  'create a card': (tx, mine, { projectId }) =>
    tx.tasks.create(mine, projectId, {
      ...{ title: 'Mine', description: '', acceptance_criteria: [], type: 'chore', priority: 'low', estimate: 1 },
      ...{ labels: [], dependencies: [], requirements: [] },
    }),
  'delete a card': (tx, mine, { taskId }) => tx.tasks.delete({ workspaceId: mine, taskId }),
  'take a feature up again': (tx, mine, { projectId }) =>
    tx.features.failed({ workspaceId: mine, projectId, after: null }, 9),
};
