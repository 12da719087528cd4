import { createClient } from '@planwright/client';
import { expectExact } from './src/checks.js';
import { startDistributed } from './src/distributed.js';
import { startRun, untilEnded, versionsOf } from './src/driver.js';
import { FOLLOWS } from './src/followers.js';
import { startStandalone } from './src/standalone.js';
import { leaveNothingRunning, test } from './src/test.js';

/** A section takes three seconds: time enough to be seen and killed in the middle of it, on a busy machine, too. */
const SLOWER = { PLANWRIGHT_OFFLINE_CHUNK_MS: '12' };

test('a run outlives its generator, killed in the middle of one section and of many, and followers end exact', async () => {
  const platform = await startDistributed({ env: SLOWER });
  try {
    const { client, run: begun } = await startRun(platform, { documents: ['prd'] });
    const followers = await Promise.all(FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id })));
    const watched = followers[0]!.transcript;
    for (const [section, offset] of [
      ['goals_objectives', 200],
      ['appendix', 100],
    ] as const) {
      await watched.until(
        `text of ${section}`,
        (e) => e.type === 'chunk' && e.section_id === section && e.offset > offset,
      );
      await platform.generators.at(-1)?.kill();
      await platform.startGenerator();
    }
    const run = await untilEnded(client, begun.id, 60_000);
    expect(run.status).toBe('succeeded');
    const again = run.steps.filter(({ attempt }) => attempt > 1).map(({ section_id }) => section_id);
    expect(again).toEqual(expect.arrayContaining(['goals_objectives', 'appendix', 'risks_mitigations']));
    expect(again.length).toBeGreaterThanOrEqual(3);
    // A lost worker is nobody's failure.
    for (const { tries, error } of run.steps) expect({ tries, error }).toEqual({ tries: 0, error: null });
    const versions = await versionsOf(client, run);
    for (const { transcript, cut } of followers) {
      await transcript.untilEnd(10_000);
      expectExact(transcript, run, versions);
      cut();
    }
  } finally {
    await platform.stop();
  }
}, 90_000);

test('a run outlives the standalone platform, killed in the middle of it, and what is written survives every restart', async () => {
  const platform = await startStandalone(SLOWER);
  try {
    const { projectId, run: begun } = await startRun(platform);
    const followers = await Promise.all(FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id })));
    await followers[0]!.transcript.until(
      'text of the second section',
      (e) => e.type === 'chunk' && e.section_id === 'goals_objectives' && e.offset > 200,
    );
    await platform.crash();
    const client = createClient({ url: platform.url });
    const back = await Promise.all(
      FOLLOWS.map(([, follow], i) => follow({ url: platform.url, runId: begun.id, resume: followers[i]!.transcript })),
    );
    const run = await untilEnded(client, begun.id, 60_000);
    expect(run.status).toBe('succeeded');
    const lost = run.steps.find(({ section_id }) => section_id === 'goals_objectives');
    expect(lost).toMatchObject({ attempt: 2, tries: 0 });
    const versions = await versionsOf(client, run);
    for (const { transcript, cut } of back) {
      await transcript.untilEnd(10_000);
      // The log was in memory: whoever comes back is told to begin anew.
      expectExact(transcript, run, versions, { resets: 1, rebuilt: true });
      cut();
    }
    const project = await client.projects.get(projectId);
    const tasks = await client.tasks.list(projectId);
    expect(tasks.items.length).toBeGreaterThanOrEqual(8);

    await platform.restart();
    const later = createClient({ url: platform.url });
    expect(await later.projects.get(projectId)).toEqual(project);
    expect(await later.tasks.list(projectId)).toEqual(tasks);
    expect(await versionsOf(later, run)).toEqual(versions);
    expect(await later.runs.get(run.id)).toEqual({ ...run, stream: expect.anything() });
    for (const [, follow] of FOLLOWS) {
      const { transcript, cut } = await follow({ url: platform.url, runId: run.id });
      await transcript.untilEnd(10_000);
      expectExact(transcript, run, versions, { rebuilt: true });
      cut();
    }
  } finally {
    await platform.stop();
  }
}, 90_000);

leaveNothingRunning();
