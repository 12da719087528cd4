import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeProblem } from '@planwright/contracts';
import type {
  BlueprintResource,
  Problem,
  RunEventBody,
  RunResource,
  TaskResource,
  VersionResource,
} from '@planwright/contracts';
import {
  DOCUMENTS,
  exampleRun,
  exampleTask,
  exampleVersion,
  numbered,
  PROJECT,
  RUN,
  runEnd,
  wholeRun,
} from './example-run.js';
import type { Kind } from './example-run.js';

export interface Script {
  /** What the run's feed says; one without an end stays open until the run is cancelled. */
  events: RunEventBody[];
  /** The run after its end. */
  ended: Partial<RunResource>;
  versions: Partial<Record<Kind, VersionResource>>;
  tasks: TaskResource[];
  /** What `GET /v1/blueprints` lists. */
  blueprints: Pick<BlueprintResource, 'document' | 'title' | 'requires' | 'in_plans'>[];
  /** The answer to some requests, such as `POST /v1/projects`, instead of the usual one. */
  refusals: Record<string, Problem>;
  /** Requests that are answered by hanging up. */
  hangsUpOn: string[];
  /** Takes the wish to cancel and goes on. */
  ignoresCancel: boolean;
  /** After how many events each connection to the feed is cut. Default: never. */
  cutAfter: number;
}

export interface Asked {
  route: string;
  body: unknown;
  headers: IncomingMessage['headers'];
}

/** Speaks the part of REST and SSE that the terminal client needs, over real HTTP; what it answers is a script. */
export class FakeGateway {
  readonly asked: Asked[] = [];
  private readonly script: Script;
  private isCancelled = false;
  private readonly feeds = new Set<{ response: ServerResponse; sent: number }>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  private constructor(script: Partial<Script>) {
    this.script = {
      events: wholeRun(),
      ended: { status: 'succeeded' },
      versions: {
        prd: exampleVersion('prd', {
          problem_statement: { content: 'Text of problem_statement.' },
          success_metrics: { content: 'Text of success_metrics.' },
          appendix: { content: 'Text of appendix.' },
          executive_summary: { content: 'Text of executive_summary.' },
        }),
        tech_spec: exampleVersion('tech_spec', { tech_summary: { content: 'Text of tech_summary.' } }),
        task_set: exampleVersion('task_set', { tasks: { content: '{"tasks":[]}' } }),
      },
      tasks: [exampleTask(1), exampleTask(2, { dependencies: [exampleTask(1).id] })],
      blueprints: [{ document: 'prd', title: 'Product Requirements Document', requires: [], in_plans: true }],
      refusals: {},
      hangsUpOn: [],
      ignoresCancel: false,
      cutAfter: Infinity,
      ...script,
    };
  }

  static async start(script: Partial<Script> = {}): Promise<FakeGateway> {
    const gateway = new FakeGateway(script);
    gateway.server.listen(0, '127.0.0.1');
    await once(gateway.server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get routes(): string[] {
    return this.asked.map(({ route }) => route);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const route = `${request.method} ${url.pathname}`;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.asked.push({ route, body: text === '' ? undefined : JSON.parse(text), headers: request.headers });
    if (this.script.hangsUpOn.includes(route)) return void response.destroy();
    const refusal = this.script.refusals[route];
    if (refusal) return json(response, refusal.status, refusal, 'application/problem+json');
    const version = (Object.keys(DOCUMENTS) as Kind[]).find((kind) =>
      url.pathname.endsWith(DOCUMENTS[kind].version_id),
    );
    switch (version ? 'version' : route) {
      case 'GET /healthz':
        return json(response, 200, { status: 'ok', service: 'planwright', version: '0.1.0' });
      case 'POST /v1/projects':
        return json(response, 201, { id: PROJECT });
      case 'GET /v1/blueprints':
        return json(response, 200, { items: this.script.blueprints, next_cursor: null });
      case `POST /v1/projects/${PROJECT}/runs`:
        return json(response, 202, exampleRun());
      case `GET /v1/runs/${RUN}`:
        return json(response, 200, exampleRun(this.isCancelled ? { status: 'cancelled' } : this.script.ended));
      case `POST /v1/runs/${RUN}/cancel`:
        this.isCancelled = !this.script.ignoresCancel;
        json(response, 202, exampleRun({ status: 'running' }));
        for (const feed of this.feeds) this.feed(feed);
        return;
      case `GET /v1/runs/${RUN}/events`: {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const feed = { response, sent: Number(String(request.headers['last-event-id'] ?? ':0').split(':')[1]) };
        this.feeds.add(feed);
        response.once('close', () => this.feeds.delete(feed));
        this.feed(feed);
        return;
      }
      case 'version':
        return json(response, 200, this.script.versions[version as Kind]);
      case `GET /v1/projects/${PROJECT}/tasks`: {
        // One task per page, so that whoever reads only the first page is found out.
        const at = Number(url.searchParams.get('cursor') ?? 0);
        const next = at + 1 < this.script.tasks.length ? String(at + 1) : null;
        return json(response, 200, { items: this.script.tasks.slice(at, at + 1), next_cursor: next });
      }
      default: {
        const problem = makeProblem('not_found', `There is no route ${route}.`);
        return json(response, problem.status, problem, 'application/problem+json');
      }
    }
  }

  private feed(feed: { response: ServerResponse; sent: number }): void {
    const bodies = this.isCancelled ? [...this.script.events, runEnd('cancelled')] : this.script.events;
    const due = numbered(bodies).slice(feed.sent, feed.sent + this.script.cutAfter);
    for (const event of due) {
      feed.response.write(`id: ${event.epoch}:${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    feed.sent += due.length;
    if (feed.sent < bodies.length) feed.response.end();
  }
}

function json(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
