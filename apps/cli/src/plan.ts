import { createClient, sectionKey } from '@planwright/client';
import type { Client, PlanwrightError } from '@planwright/client';
import type { RunResource, RunStatus, TaskResource } from '@planwright/contracts';
import { readArguments, USAGE } from './arguments.js';
import type { PlanArguments } from './arguments.js';
import { openFolder, taskLines, writePlan } from './files.js';
import type { Folder, WrittenDocument } from './files.js';
import { readIdea } from './idea.js';
import type { Idea } from './idea.js';
import { BOARD, chooseKinds, nameOfKind, titleOfKind } from './kinds.js';
import { PlainPaper, TerminalPaper } from './paper.js';
import type { Paper } from './paper.js';
import { findPlatform } from './platform.js';
import type { Platform, PlatformError } from './platform.js';
import { Screen } from './screen.js';
import { costText } from './words.js';

/** Exit codes by how the run ended. */
const EXIT: Readonly<Record<RunStatus, number>> = {
  succeeded: 0,
  failed: 1,
  partial: 3,
  cancelled: 130,
  queued: 1,
  running: 1,
};

export interface Terminal {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Where the person is: their paths are relative to it. */
  cwd: string;
  out(text: string): void;
  /** News about the program itself. */
  err(text: string): void;
  /** Width of the terminal `out` writes to; null where that is a file or a pipe. */
  columns: (() => number) | null;
  colour: boolean;
  /** Aborts on Ctrl-C. */
  interrupted: AbortSignal;
  /** The built platform to start where none answers. Default: the one of this repository. */
  program?: string;
}

/** What a run needs to be shown, stopped and written down. */
interface Session {
  client: Client;
  platform: Platform;
  terminal: Terminal;
  paper: Paper;
  kindName(kind: string): string;
}

/** The whole of `npm run plan`: from the idea to four files. Answers the exit code; throws what went wrong before. */
export async function plan(terminal: Terminal): Promise<number> {
  const args = readArguments(terminal.argv);
  if (args === 'help') {
    terminal.out(USAGE);
    return 0;
  }
  const idea = await readIdea(args.idea, args.constraints, terminal.cwd);
  const folder = await openFolder(args.out, idea.name, terminal.cwd, args.documents);
  try {
    const platform = await findPlatform(terminal);
    if (platform === null) return EXIT.cancelled;
    try {
      return await planOn(platform, terminal, args, idea, folder);
    } finally {
      await platform.stop();
    }
  } finally {
    await folder.release();
  }
}

async function planOn(
  platform: Platform,
  terminal: Terminal,
  { mode, documents, provider, model }: PlanArguments,
  idea: Idea,
  folder: Folder,
): Promise<number> {
  const { columns, colour, out, cwd, interrupted } = terminal;
  const client = createClient({ url: platform.url, apiKey: terminal.env['PLANWRIGHT_API_KEY'] });
  if (interrupted.aborted) return EXIT.cancelled;
  const kinds = documents && (await chooseKinds(client, documents));
  const project = await client.projects.create(idea);
  if (interrupted.aborted) return EXIT.cancelled;
  const paper = columns ? new TerminalPaper({ out, columns, colour }) : new PlainPaper(out);
  try {
    const session = { client, platform, terminal, paper, kindName: nameOfKind(kinds?.titles) };
    const begun = await client.runs.start(project.id, { mode, documents: kinds?.documents, provider, model });
    const run = await watch(session, begun);
    if (run === null) return EXIT.cancelled;
    const tasks = await tasksOf(client, project.id);
    if (tasks.length > 0) {
      paper.line('');
      for (const line of taskLines(tasks)) paper.line(line);
    }
    paper.close();
    const written = await versionsOf(client, run, kinds?.titles);
    const files = await writePlan(folder.path, { name: idea.name, documents: written, tasks }, cwd);
    terminal.err(summaryOf(run, files));
    return EXIT[run.status];
  } finally {
    paper.close();
  }
}

/** Shows the run to its end and reads what became of it. Null when it was to be cancelled and that could not be said. */
async function watch(session: Session, begun: RunResource): Promise<RunResource | null> {
  const { client, platform, terminal, paper } = session;
  const titles = await titlesOf(client, begun);
  const screen = new Screen({ paper, run: begun, titles, kindName: session.kindName, now: () => Date.now() });
  const leave = new AbortController();
  const cancel = () => {
    tell(session, 'Cancelling ... (Ctrl-C again leaves at once)');
    client.runs.cancel(begun.id).catch((error: Error) => {
      tell(
        session,
        `The run could not be cancelled: ${error.message} It may go on as run ${begun.id} of ${platform.url}.`,
      );
      leave.abort();
    });
  };
  const onReconnect = (_waitMs: number, failures: number) => {
    screen.disconnected();
    // The first new connection nearly always succeeds at once: not worth a line.
    if (failures === 2 && !paper.hasStatus) terminal.err('Connection lost, trying again ...\n');
  };
  if (terminal.interrupted.aborted) cancel();
  terminal.interrupted.addEventListener('abort', cancel, { once: true });
  const clock = paper.hasStatus ? setInterval(() => screen.tick(), 1000) : undefined;
  try {
    const signal = AbortSignal.any([leave.signal, platform.gone]);
    // One run is all there is to follow: a stream needs no ticket.
    const following = { transport: 'sse' as const, onReconnect, signal };
    for await (const followed of client.runs.follow(begun.id, following)) {
      if (followed.type === 'event') screen.show(followed.event);
      else screen.reset();
    }
    if (platform.gone.aborted) throw platform.gone.reason as PlatformError;
    return leave.signal.aborted ? null : await client.runs.get(begun.id);
  } finally {
    clearInterval(clock);
    terminal.interrupted.removeEventListener('abort', cancel);
  }
}

/** A line for the person: on the screen they look at, which is not the file that `out` may be. */
function tell({ paper, terminal }: Session, text: string): void {
  if (paper.hasStatus) paper.block(text, 'dim');
  else terminal.err(`${text}\n`);
}

/** Titles of all sections, which the versions of a run carry from its start. Without them ids stand in. */
async function titlesOf(client: Client, run: RunResource): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  await Promise.all(
    run.documents.map(async ({ id, version_id }) => {
      const version = await client.versions.get(version_id).catch(() => null);
      for (const section of version?.sections ?? []) titles.set(sectionKey(id, section.id), section.title);
    }),
  );
  return titles;
}

/** What this run wrote, but for cards: they are read from the board. */
function versionsOf(
  client: Client,
  run: RunResource,
  titles?: ReadonlyMap<string, string>,
): Promise<WrittenDocument[]> {
  return Promise.all(
    run.documents
      .filter(({ kind }) => kind !== BOARD)
      .map(async ({ kind, version_id }) => {
        return { kind, title: titleOfKind(kind, titles), version: await client.versions.get(version_id) };
      }),
  );
}

async function tasksOf(client: Client, projectId: string): Promise<TaskResource[]> {
  const tasks: TaskResource[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await client.tasks.list(projectId, { limit: 100, ...(cursor !== undefined && { cursor }) });
    tasks.push(...page.items);
    cursor = page.next_cursor;
  }
  return tasks;
}

const ENDED: Readonly<Record<string, string>> = {
  succeeded: 'The plan is ready.',
  partial: 'The plan is not complete.',
  failed: 'The plan failed.',
  cancelled: 'Cancelled.',
};

function summaryOf(run: RunResource, files: readonly string[]): string {
  const how = [ENDED[run.status] ?? `The run is ${run.status}.`, ...(run.error === null ? [] : [run.error])].join(' ');
  const what = files.length === 0 ? 'Nothing was written.' : `Written:\n${files.map((file) => `  ${file}`).join('\n')}`;
  const cost = costText(run.cost);
  return `\n${how}\n${what}\n${cost === null ? '' : `Cost: ${cost}\n`}`;
}

/** What a person reads of a request that was refused: the fields at fault, or what is wrong and what to do. */
export function refusalText({ problem }: PlanwrightError): string {
  const fields = (problem.errors ?? []).map(({ pointer, message }) => `${pointer.replace(/^\//, '')} ${message}`);
  if (fields.length > 0) return `${fields.join('; ')}.`;
  const key = problem.status === 401 ? ' Put the key into PLANWRIGHT_API_KEY.' : ` ${problem.advice}`;
  return problem.detail + key;
}
