import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import { ENDED_RUN_STATUSES } from '@planwright/contracts';
import type { RunResource, StartRunRequest, VersionResource } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';

/** An idea with words that no template has, so that a text about it can be told from any other. */
export const IDEA = {
  name: 'Lending library',
  idea:
    'A lending library for tools: neighbours borrow drills, ladders and tents from a shelf in the laundry room. ' +
    'They reserve a tool on their phone, open the shelf with a code and bring the tool back within three days.',
  constraints: 'Must work without a paid cloud service. Two volunteers run it on four hours a week.',
};

export interface Started {
  client: Client;
  projectId: string;
  run: RunResource;
}

/** A project of its own, and a run of it. */
export async function startRun(
  platform: { url: string },
  request: StartRunRequest = {},
  apiKey?: string,
): Promise<Started> {
  const client = createClient({ url: platform.url, apiKey });
  const project = await client.projects.create(IDEA);
  return { client, projectId: project.id, run: await client.runs.start(project.id, request) };
}

/** The run once it has ended; its first `error` says more than a time limit would. */
export async function untilEnded(client: Client, runId: string, timeoutMs: number): Promise<RunResource> {
  let last: RunResource | undefined;
  try {
    return await waitFor(
      async () => {
        last = await client.runs.get(runId);
        return ENDED_RUN_STATUSES.some((status) => status === last?.status) && last;
      },
      { what: 'the run to end', timeoutMs },
    );
  } catch (error) {
    const steps = last?.steps.filter(({ status }) => status !== 'succeeded');
    throw new Error(`run ${runId} is ${last?.status}; open steps: ${JSON.stringify(steps)}`, { cause: error });
  }
}

/** The versions a run wrote, by kind of document. */
export async function versionsOf(client: Client, run: RunResource): Promise<Record<string, VersionResource>> {
  const versions = run.documents.map(async ({ kind, version_id }) => [kind, await client.versions.get(version_id)]);
  return Object.fromEntries(await Promise.all(versions)) as Record<string, VersionResource>;
}

/** A section of a version; throws where there is none. */
export function sectionOf(version: VersionResource | undefined, id: string) {
  const section = version?.sections.find((candidate) => candidate.id === id);
  if (!section) throw new Error(`there is no section ${id} in ${version?.sections.map((known) => known.id).join()}`);
  return section;
}
