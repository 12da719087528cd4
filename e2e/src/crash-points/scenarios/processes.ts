import { waitFor } from '@planwright/testing';
import { listCrashPoints } from '../points.js';
import type { CrashStage } from '../stage.js';
import {
  arm,
  change,
  FIRST,
  hold,
  letGo,
  newProject,
  runInTheMiddle,
  seemSilent,
  startRun,
  untilCommanded,
  untilStatus,
} from './parts.js';
import type { Scenario, Victim } from './scenario.js';

/** What happens to processes beside the death in question. */
export const PROCESSES: readonly Scenario[] = [
  {
    // Also where a process dies that has just begun, with what its predecessor left in its hands.
    name: 'killed and started again',
    perRole: true,
    async play(stage, { role, armed }) {
      const { projectId, id } = await runInTheMiddle(stage);
      await stage.kill(role);
      await stage.start(role, armed);
      if (role === 'gateway') await stage.ask('GET', `/runs/${id}`);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'stopped in order',
    perRole: true,
    async play(stage, victim) {
      const { projectId, id } = await runInTheMiddle(stage);
      await arm(stage, victim);
      const stopped = stage.stop(victim.role);
      await letGo(stage);
      await stopped;
      await stage.start(victim.role);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'the gateway dies before it sends',
    async play(stage, victim) {
      const send = listCrashPoints().find(({ role, file }) => role === 'gateway' && file.endsWith('/send'));
      if (!send) throw new Error('the gateway has no point where it sends');
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      await arm(stage, victim);
      if (victim.role !== 'gateway') await stage.arm('gateway', { point: send.name, nth: 1 });
      const id = await startRun(stage, projectId);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a generator dies before it begins',
    async play(stage, { role, armed }) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      if (armed && role !== 'generator') await stage.arm(role, armed);
      await stage.halt('generator');
      const id = await startRun(stage, projectId);
      await untilCommanded(stage, id);
      await stage.kill('generator');
      await stage.start('generator', role === 'generator' ? armed : undefined);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a frozen generator comes back',
    async play(stage, victim) {
      const { projectId, id } = await cancelledWithoutGenerator(stage, victim);
      // A frozen process answers only once it runs again.
      const armed = victim.role === 'generator' ? arm(stage, victim) : undefined;
      stage.resume('generator');
      await armed;
      return { projectId, runs: [{ id, ends: ['cancelled'] }] };
    },
  },
  {
    name: 'a frozen generator is killed',
    async play(stage, victim) {
      const { projectId, id } = await cancelledWithoutGenerator(stage, victim);
      await stage.kill('generator');
      await stage.start('generator', victim.role === 'generator' ? victim.armed : undefined);
      return { projectId, runs: [{ id, ends: ['cancelled'] }] };
    },
  },
];

/** A run that is cancelled while its generator is frozen in the middle of a section. */
async function cancelledWithoutGenerator(
  stage: CrashStage,
  victim: Victim,
): Promise<{ projectId: string; id: string }> {
  const run = await runInTheMiddle(stage);
  await stage.halt('generator');
  await change(stage, `/runs/${run.id}/cancel`, {}, 202);
  const noted = 'select from runs where id = $1 and cancel_noted_at is not null';
  await waitFor(async () => (await stage.query(noted, [run.id])).length > 0, { what: 'the cancel to be noted' });
  if (victim.role !== 'generator') await arm(stage, victim);
  await stage.query(`update runs set cancel_noted_at = cancel_noted_at - interval '10 minutes' where id = $1`, [
    run.id,
  ]);
  await seemSilent(stage, run.id);
  await untilStatus(stage, run.id, ['cancelled']);
  return run;
}
