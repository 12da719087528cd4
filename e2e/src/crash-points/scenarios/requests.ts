import { randomUUID } from 'node:crypto';
import {
  arm,
  change,
  FIRST,
  hasten,
  hold,
  newProject,
  PRD,
  SECOND,
  startRun,
  untilHeld,
  untilStatus,
} from './parts.js';
import type { Scenario } from './scenario.js';

const refused = { code: 'auth' as const, detail: 'The key was rejected', resets_at: null };
const down = { code: 'server_error' as const, detail: 'Something went wrong', resets_at: null };

/** What clients ask for, and what providers make of it. */
export const REQUESTS: readonly Scenario[] = [
  {
    name: 'a run',
    quick: true,
    async play(stage, victim) {
      // Held until the client has its answer, so that a repeated request meets the run it has started.
      await hold(stage, FIRST);
      await arm(stage, victim);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'a run of all documents',
    async play(stage, victim) {
      await hold(stage, FIRST);
      await arm(stage, victim);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId, { mode: 'draft' });
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'reads and changes',
    quick: true,
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId);
      await arm(stage, victim);
      await stage.ask('PATCH', `/projects/${projectId}`, { name: 'Another name' });
      for (const path of [`/projects/${projectId}`, `/projects/${projectId}/runs`, `/runs/${id}`]) {
        await stage.ask('GET', path);
      }
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
  {
    name: 'cancel',
    quick: true,
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId);
      await untilHeld(stage, id, FIRST);
      await arm(stage, victim);
      await change(stage, `/runs/${id}/cancel`, {}, 202);
      return { projectId, runs: [{ id, ends: ['cancelled'] }] };
    },
  },
  {
    name: 'failures of the provider',
    quick: true,
    async play(stage, victim) {
      await hold(stage, FIRST);
      await stage.script((provider) => provider.script(SECOND, { pieces: 2, end: down }, {}));
      await stage.script((provider) => provider.script('proposed_solution', { end: 'length' }, {}));
      await stage.script((provider) => provider.script('open_questions', { pieces: 2, end: refused }));
      await arm(stage, victim);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId);
      await hasten(stage, id);
      return { projectId, runs: [{ id, ends: ['partial', 'succeeded'], mayFail: ['open_questions'] }] };
    },
  },
  {
    name: 'a project is deleted',
    quick: true,
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      const id = await startRun(stage, projectId);
      await untilHeld(stage, id, FIRST);
      await arm(stage, victim);
      await stage.ask('DELETE', `/projects/${projectId}`);
      return { projectId, runs: null };
    },
  },
  {
    name: 'retry',
    quick: true,
    async play(stage, victim) {
      await hold(stage, FIRST);
      await stage.script((provider) => provider.script('open_questions', { end: refused }, {}));
      await stage.script((provider) => provider.script(FIRST, {}));
      const projectId = await newProject(stage);
      const failed = await startRun(stage, projectId);
      await untilStatus(stage, failed, ['partial']);
      await arm(stage, victim);
      const id = await change(stage, `/runs/${failed}/retry`, {}, 202);
      return {
        projectId,
        runs: [
          { id: failed, ends: ['partial'], mayFail: ['open_questions'] },
          { id, ends: ['succeeded'] },
        ],
      };
    },
  },
  {
    name: 'a run waits for another one',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      const first = await startRun(stage, projectId);
      await untilHeld(stage, first, FIRST);
      await arm(stage, victim);
      const waiting = await startRun(stage, projectId, { ...PRD, on_conflict: 'enqueue' });
      const joined = await startRun(stage, projectId, { ...PRD, on_conflict: 'enqueue' });
      if (joined !== waiting) throw new Error(`two runs wait for one scope: ${waiting} and ${joined}`);
      const runs = [first, waiting].map((id) => ({ id, ends: ['succeeded'] }));
      return { projectId, runs };
    },
  },
  {
    name: 'a run replaces another one',
    async play(stage, victim) {
      await hold(stage, FIRST);
      const projectId = await newProject(stage);
      const first = await startRun(stage, projectId);
      await untilHeld(stage, first, FIRST);
      await arm(stage, victim);
      const id = await startRun(stage, projectId, { ...PRD, on_conflict: 'replace' });
      return {
        projectId,
        runs: [
          { id: first, ends: ['cancelled'] },
          { id, ends: ['succeeded'] },
        ],
      };
    },
  },
  {
    name: 'many requests at once',
    async play(stage, victim) {
      const projectId = await newProject(stage);
      await hold(stage, FIRST);
      await arm(stage, victim);
      const key = { 'idempotency-key': randomUUID() };
      const ask = () => stage.ask('POST', `/projects/${projectId}/runs`, PRD, key);
      const answers = await Promise.all(Array.from({ length: 20 }, ask));
      const ids = new Set(answers.map(({ body }) => String(body['id'])));
      const [id = ''] = ids;
      if (ids.size !== 1) throw new Error(`one key, and the answers ${JSON.stringify([...ids])}`);
      return { projectId, runs: [{ id, ends: ['succeeded'] }] };
    },
  },
];
