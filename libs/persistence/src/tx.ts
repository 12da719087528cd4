import type { EntityManager } from 'typeorm';
import { AdmissionRepository } from './admission/admission.repository.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { DocumentsRepository } from './documents.repository.js';
import { EventsRepository } from './events.repository.js';
import { InboxRepository } from './messages/inbox.repository.js';
import { OutboxRepository } from './messages/outbox.repository.js';
import { ProjectsRepository } from './projects.repository.js';
import { Reads } from './reads/reads.js';
import { IdempotencyRepository } from './requests/idempotency.repository.js';
import { RunsRepository } from './runs/runs.repository.js';
import { TasksRepository } from './tasks/tasks.repository.js';
import { WorkspacesRepository } from './workspaces.repository.js';

/** A unit of work: repositories bound to one transaction. Valid until the work given to `transaction` settles. */
export class Tx {
  readonly workspaces: WorkspacesRepository;
  readonly apiKeys: ApiKeysRepository;
  readonly projects: ProjectsRepository;
  readonly documents: DocumentsRepository;
  readonly runs: RunsRepository;
  readonly tasks: TasksRepository;
  readonly events: EventsRepository;
  readonly admission: AdmissionRepository;
  readonly outbox: OutboxRepository;
  readonly inbox: InboxRepository;
  readonly idempotency: IdempotencyRepository;
  /** The same questions as `Database.read`, answered from inside this transaction. */
  readonly read: Reads;

  constructor(readonly manager: EntityManager) {
    this.workspaces = new WorkspacesRepository(manager);
    this.apiKeys = new ApiKeysRepository(manager);
    this.projects = new ProjectsRepository(manager);
    this.documents = new DocumentsRepository(manager);
    this.runs = new RunsRepository(manager);
    this.tasks = new TasksRepository(manager);
    this.events = new EventsRepository(manager);
    this.admission = new AdmissionRepository(manager);
    this.outbox = new OutboxRepository(manager);
    this.inbox = new InboxRepository(manager);
    this.idempotency = new IdempotencyRepository(manager);
    this.read = new Reads(manager);
  }
}
