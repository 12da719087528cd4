import { BUNDLE_SCHEMA } from '../bundle.js';
import type { RouteName } from './routes.js';

const PROJECT_ID = '0199f3a2-7c1e-7a43-9d52-1f0c8a6b4e21';

/** A body that each route takes, as the description shows it. A test holds them against the schemas. */
export const BODY_EXAMPLES: Partial<Record<RouteName, object>> = {
  createProject: {
    name: 'Courts',
    idea: 'An app that finds a free tennis court nearby and lets players book it together.',
    constraints: 'Two developers, three months, GDPR',
  },
  updateProject: { constraints: 'Two developers, four months, GDPR' },
  startRun: { documents: ['prd', 'tech_spec'], mode: 'draft' },
  retryRun: { on_conflict: 'enqueue' },
  regenerateSection: { custom_instructions: 'Three goals at most.', cascade: [] },
  streamPrd: { project_id: PROJECT_ID, mode: 'detailed' },
  streamPrdAsChunks: { project_id: PROJECT_ID, mode: 'draft' },
  createTask: { title: 'Players see free courts on a map', priority: 'high' },
  updateTask: { title: 'Players see free courts within 5 km' },
  moveTask: { status: 'in_progress' },
  decideSuggestion: { action: 'accept' },
  replaceColumns: {
    columns: [
      { key: 'todo', title: 'To do', category: 'todo' },
      { key: 'in_progress', title: 'In progress', category: 'started' },
      { key: 'done', title: 'Done', category: 'done' },
    ],
  },
  createFeature: { description: 'Members swap their slots.' },
  retryFeature: {},
  createApiKey: { name: 'Release notes', role: 'viewer' },
  rotateApiKey: {},
  createWebhook: { url: 'https://hooks.example.com/planwright', events: ['run.ended'] },
  updateWebhook: { enabled: false },
  importProject: {
    schema: BUNDLE_SCHEMA,
    project: {
      id: PROJECT_ID,
      name: 'Courts',
      idea: 'An app that finds a free tennis court nearby.',
      constraints: '',
      preferred_provider: null,
      preferred_model: null,
      last_task_number: 0,
      last_requirement_numbers: {},
      created_at: '2026-11-21T12:00:00.000Z',
      updated_at: '2026-11-21T12:00:00.000Z',
    },
    columns: [{ key: 'todo', title: 'To do', category: 'todo' }],
    documents: [],
    features: [],
    tasks: [],
  },
};
