import type { EntityManager } from 'typeorm';
import { AdmissionRepository } from './admission/admission.repository.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { DocumentsRepository } from './documents.repository.js';
import { EventsRepository } from './events.repository.js';
import { FeaturesRepository } from './features/features.repository.js';
import { InboxRepository } from './messages/inbox.repository.js';
import { OutboxRepository } from './messages/outbox.repository.js';
import { PlansRepository } from './plans/plans.repository.js';
import { ProjectsRepository } from './projects.repository.js';
import { Reads } from './reads/reads.js';
import { IdempotencyRepository } from './requests/idempotency.repository.js';
import { RequirementsRepository } from './requirements/requirements.repository.js';
import { RunsRepository } from './runs/runs.repository.js';
import { ColumnsRepository } from './tasks/columns.repository.js';
import { TasksRepository } from './tasks/tasks.repository.js';
import { WebhookQueue } from './webhooks/webhook-queue.js';
import { WebhooksRepository } from './webhooks/webhooks.repository.js';
import { WorkspacesRepository } from './workspaces.repository.js';

/** A unit of work: repositories bound to one transaction. Valid until the work given to `transaction` settles. */
export class Tx {
  readonly workspaces: WorkspacesRepository;
  readonly apiKeys: ApiKeysRepository;
  readonly projects: ProjectsRepository;
  readonly plans: PlansRepository;
  readonly documents: DocumentsRepository;
  readonly runs: RunsRepository;
  readonly features: FeaturesRepository;
  readonly requirements: RequirementsRepository;
  readonly tasks: TasksRepository;
  readonly columns: ColumnsRepository;
  readonly events: EventsRepository;
  readonly admission: AdmissionRepository;
  readonly outbox: OutboxRepository;
  readonly inbox: InboxRepository;
  readonly idempotency: IdempotencyRepository;
  readonly webhooks: WebhooksRepository;
  readonly webhookQueue: WebhookQueue;
  /** The same questions as `Database.read`, answered from inside this transaction. */
  readonly read: Reads;

  constructor(readonly manager: EntityManager) {
    this.workspaces = new WorkspacesRepository(manager);
    this.apiKeys = new ApiKeysRepository(manager);
    this.projects = new ProjectsRepository(manager);
    this.plans = new PlansRepository(manager);
    this.documents = new DocumentsRepository(manager);
    this.runs = new RunsRepository(manager);
    this.features = new FeaturesRepository(manager);
    this.requirements = new RequirementsRepository(manager);
    this.tasks = new TasksRepository(manager);
    this.columns = new ColumnsRepository(manager);
    this.events = new EventsRepository(manager);
    this.admission = new AdmissionRepository(manager);
    this.outbox = new OutboxRepository(manager);
    this.inbox = new InboxRepository(manager);
    this.idempotency = new IdempotencyRepository(manager);
    this.webhooks = new WebhooksRepository(manager);
    this.webhookQueue = new WebhookQueue(manager);
    this.read = new Reads(manager);
  }
}
