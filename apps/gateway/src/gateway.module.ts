import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, InjectionToken, Provider } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import type { LiveLog, Tickets } from '@planwright/live';
import { createAuthenticator, Database, WebhookSecrets, WorkspaceDatabase } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { Catalogue } from '@planwright/prompts';
import { HealthRegistry } from '@planwright/runtime';
import type { Clock, Logger, VerifyToken } from '@planwright/runtime';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { AuditLogController } from './audit-log/audit-log.controller.js';
import { ActForCaller } from './auth/act-for-caller.js';
import { Admission } from './auth/admission.js';
import { RoleGuard } from './auth/caller.js';
import { BlueprintsController } from './blueprints/blueprints.controller.js';
import { ListBlueprints } from './blueprints/list-blueprints.js';
import { MakeChange } from './changes/make-change.js';
import { Sender } from './changes/send.js';
import type { MessageSink } from './changes/send.js';
import { DocsController } from './docs/docs.controller.js';
import { ActivateVersion } from './documents/activate-version.js';
import { ArchiveDocument } from './documents/archive-document.js';
import { DocumentsController } from './documents/documents.controller.js';
import { ExportProject } from './exports/export-project.js';
import { ExportsController } from './exports/exports.controller.js';
import { ImportProject } from './exports/import-project.js';
import { renderInWorker } from './exports/render-in-worker.js';
import type { RenderDocument } from './exports/render-in-worker.js';
import { CancelFeature } from './features/cancel-feature.js';
import { ComposeFeatureRun } from './features/compose-feature-run.js';
import { CreateFeature } from './features/create-feature.js';
import { FeaturesController } from './features/features.controller.js';
import { RetryFeature } from './features/retry-feature.js';
import { HealthController } from './health.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { ReadLimits } from './limits/read-limits.js';
import type { LimitsView } from './limits/read-limits.js';
import { ModelsController, OfferedModels } from './models/models.controller.js';
import { DeleteProject } from './projects/delete-project.js';
import { ProjectsController } from './projects/projects.controller.js';
import { RequestRulesGuard } from './http/request-rules.guard.js';
import type { RequestLimits } from './request-limits/request-limits.js';
import { EstimateRun } from './runs/estimate-run.js';
import type { EstimateCost } from './runs/estimate-run.js';
import { CancelRun } from './runs/cancel-run.js';
import type { ModelOffer } from './runs/model-choice.js';
import { ComposeRun } from './runs/compose-run.js';
import { OpenRun } from './runs/open-run.js';
import { ReadRun } from './runs/read-run.js';
import { RegenerateSection } from './runs/regenerate-section.js';
import { RetryRun } from './runs/retry-run.js';
import { IssueTicket } from './realtime/issue-ticket.js';
import { TicketsController } from './realtime/tickets.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { StartRun } from './runs/start-run.js';
import { WaitForEnd } from './runs/wait-for-end.js';
import { CoverageController } from './tasks/coverage.controller.js';
import { ChangeBoard } from './tasks/change-board.js';
import { ColumnsController } from './tasks/columns.controller.js';
import { ReplaceColumns } from './tasks/replace-columns.js';
import { TasksController } from './tasks/tasks.controller.js';
import { NotifierAddress, StreamsController } from './streams/streams.controller.js';
import { ReadUsage } from './usage/read-usage.js';
import { UsageController } from './usage/usage.controller.js';
import { AskDelivery } from './webhooks/ask-delivery.js';
import { ChangeWebhook } from './webhooks/change-webhook.js';
import { CreateWebhook } from './webhooks/create-webhook.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const NOTIFIER_URL = 'http://127.0.0.1:3001';

/** What the gateway stands on; `apps/standalone` passes the in-process adapters. */
export interface GatewayParts {
  broker: MessageSink;
  live: LiveLog;
  catalogue: Catalogue;
  offer: ModelOffer;
  auth: 'off' | 'required';
  /** Checks JWTs; without it API keys are all that is taken. */
  verifyToken?: VerifyToken | undefined;
  /** Where the tickets of sockets are kept, for the notifiers to redeem. */
  tickets: Tickets<Caller>;
  /** By the price table; without it estimates have no price. */
  costOf?: EstimateCost;
  /** Runs of one workspace that have not ended; more are refused. Default 1,000. */
  maxActiveRuns?: number;
  /** Makes documents of exports. Default: in threads of their own. */
  renderDocument?: RenderDocument;
  /** Seals the secrets of webhooks. Default: they are stored as they are. */
  secrets?: WebhookSecrets;
  /** Requests a key or an address may make. Default: as many as they like. */
  requestLimits?: RequestLimits;
  /** What the generators know of the providers' limits. Default: nothing. */
  limits?: LimitsView;
  /** Where the notifier answers. Default: at its usual port of this machine. */
  notifierUrl?: () => string | Promise<string>;
  health: HealthRegistry;
  clock: Clock;
  log: Logger;
}

/** REST in: controllers, and the use-cases behind them. The application it is part of provides the `WorkspaceDatabase`. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    const { broker, live, catalogue, offer, auth, maxActiveRuns = 1_000, health, clock, log } = parts;
    const { secrets = new WebhookSecrets() } = parts;
    const composeRun = new ComposeRun(catalogue, offer);
    return {
      module: GatewayModule,
      controllers: [
        HealthController,
        DocsController,
        ProjectsController,
        RunsController,
        DocumentsController,
        TasksController,
        ColumnsController,
        CoverageController,
        FeaturesController,
        BlueprintsController,
        ExportsController,
        UsageController,
        ModelsController,
        LimitsController,
        ApiKeysController,
        AuditLogController,
        TicketsController,
        WebhooksController,
        StreamsController,
      ],
      providers: [
        { provide: HealthRegistry, useValue: health },
        // What is called the database here shows one workspace at a time.
        { provide: Database, useExisting: WorkspaceDatabase },
        { provide: APP_INTERCEPTOR, useClass: ActForCaller },
        // Who asks and how often is known before these are: `prepareHttp` puts it in front of everything.
        provide(Admission, [Database], (database: Database) => {
          return new Admission(createAuthenticator(database, auth, parts.verifyToken), parts.requestLimits);
        }),
        provide(APP_GUARD, [Reflector], (reflector: Reflector) => new RoleGuard(reflector)),
        { provide: APP_GUARD, useValue: new RequestRulesGuard() },
        { provide: NotifierAddress, useValue: new NotifierAddress(parts.notifierUrl ?? (() => NOTIFIER_URL)) },
        provide(WaitForEnd, [ReadRun], (readRun: ReadRun) => new WaitForEnd(readRun)),
        provide(Sender, [Database], (database: Database) => new Sender(database, broker, log)),
        provide(MakeChange, [Database, Sender], (database: Database, sender: Sender) => {
          return new MakeChange(database, sender);
        }),
        provide(ReadRun, [Database], (database: Database) => new ReadRun(database, live, log)),
        provide(OpenRun, [ReadRun], (readRun: ReadRun) => new OpenRun(readRun, clock, maxActiveRuns)),
        provide(EstimateRun, [Database], (database: Database) => {
          return new EstimateRun(database, catalogue, parts.costOf ?? (() => null));
        }),
        provide(
          StartRun,
          [MakeChange, OpenRun, EstimateRun],
          (makeChange: MakeChange, openRun: OpenRun, estimateRun: EstimateRun) =>
            new StartRun(makeChange, openRun, composeRun, estimateRun),
        ),
        provide(
          RegenerateSection,
          [MakeChange, OpenRun, Database, EstimateRun],
          (makeChange: MakeChange, openRun: OpenRun, database: Database, estimateRun: EstimateRun) =>
            new RegenerateSection(makeChange, openRun, composeRun, database, estimateRun),
        ),
        provide(ActivateVersion, [MakeChange], (makeChange: MakeChange) => new ActivateVersion(makeChange)),
        provide(ArchiveDocument, [MakeChange], (makeChange: MakeChange) => new ArchiveDocument(makeChange)),
        provide(RetryRun, [MakeChange, OpenRun], (makeChange: MakeChange, openRun: OpenRun) => {
          return new RetryRun(makeChange, openRun, offer);
        }),
        provide(CancelRun, [MakeChange, ReadRun], (makeChange: MakeChange, readRun: ReadRun) => {
          return new CancelRun(makeChange, readRun, clock);
        }),
        provide(CreateFeature, [MakeChange, OpenRun], (makeChange: MakeChange, openRun: OpenRun) => {
          return new CreateFeature(makeChange, openRun, new ComposeFeatureRun(catalogue, offer));
        }),
        provide(RetryFeature, [MakeChange, OpenRun], (makeChange: MakeChange, openRun: OpenRun) => {
          return new RetryFeature(makeChange, openRun, new ComposeFeatureRun(catalogue, offer), offer);
        }),
        provide(CancelFeature, [MakeChange], (makeChange: MakeChange) => new CancelFeature(makeChange, clock)),
        { provide: IssueTicket, useValue: new IssueTicket(parts.tickets, log) },
        { provide: ListBlueprints, useValue: new ListBlueprints(catalogue) },
        provide(ExportProject, [Database], (database: Database) => {
          return new ExportProject(database, parts.renderDocument ?? renderInWorker());
        }),
        provide(ImportProject, [MakeChange], (makeChange: MakeChange) => new ImportProject(makeChange)),
        provide(ChangeBoard, [MakeChange], (makeChange: MakeChange) => new ChangeBoard(makeChange)),
        provide(ReplaceColumns, [Database], (database: Database) => new ReplaceColumns(database)),
        provide(ReadUsage, [Database], (database: Database) => new ReadUsage(database, clock)),
        { provide: OfferedModels, useValue: new OfferedModels(offer) },
        provide(ReadLimits, [Database], (database: Database) => {
          return new ReadLimits(database, parts.limits ?? { view: async () => [] }, clock, log);
        }),
        provide(CreateWebhook, [Database], (database: Database) => new CreateWebhook(database, auth, secrets)),
        provide(ChangeWebhook, [Database], (database: Database) => new ChangeWebhook(database, auth, secrets)),
        provide(AskDelivery, [MakeChange], (makeChange: MakeChange) => new AskDelivery(makeChange, clock)),
        provide(DeleteProject, [Database, Sender], (database: Database, sender: Sender) => {
          return new DeleteProject(database, sender, live, clock, log);
        }),
      ],
    };
  }
}

/** A use-case has an ordinary constructor; this is where it meets what it stands on. */
function provide(token: InjectionToken, inject: InjectionToken[], useFactory: FactoryProvider['useFactory']): Provider {
  return { provide: token, inject, useFactory };
}
