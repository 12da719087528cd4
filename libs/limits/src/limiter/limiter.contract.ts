import { breaker } from './contract/breaker.contract.js';
import { budgets } from './contract/budgets.contract.js';
import { callable } from './contract/callable.contract.js';
import { concurrency } from './contract/concurrency.contract.js';
import { fairness } from './contract/fairness.contract.js';
import { learning } from './contract/learning.contract.js';
import { leases } from './contract/leases.contract.js';
import { leaving } from './contract/leaving.contract.js';
import { line } from './contract/line.contract.js';
import { pauses } from './contract/pauses.contract.js';
import { probes } from './contract/probes.contract.js';
import { reserving } from './contract/reserving.contract.js';
import type { LimiterUnderTest } from './contract/stage.contract.js';
import { setStage } from './contract/stage.contract.js';
import { view } from './contract/view.contract.js';
import { waits } from './contract/waits.contract.js';
import { watched } from './contract/watched.contract.js';

/** What every limiter promises. Each test has a limiter of its own. */
export function limiterContract(name: string, create: () => Promise<LimiterUnderTest>): void {
  describe(`the limiter ${name}`, () => {
    const stage = setStage(create);
    reserving(stage);
    waits(stage);
    line(stage);
    leaving(stage);
    fairness(stage);
    watched(stage);
    budgets(stage);
    concurrency(stage);
    leases(stage);
    learning(stage);
    pauses(stage);
    probes(stage);
    breaker(stage);
    callable(stage);
    view(stage);
  });
}
