import { RequestProblem } from '../http/problem.js';

/** Providers this deployment offers, with the model each takes when none is named. The first is the default. */
export type ModelOffer = readonly { provider: string; defaultModel: string }[];

interface Wish {
  provider?: string | null | undefined;
  model?: string | null | undefined;
}

/** Who writes: the run's wish, else the project's, else the deployment's. A model belongs to the provider beside it. */
export function chooseModel(offer: ModelOffer, run: Wish, project: Wish): { provider: string; model: string } {
  const wish = run.provider
    ? run
    : project.provider
      ? { provider: project.provider, model: run.model ?? project.model }
      : run;
  const names = offer.map(({ provider }) => provider);
  const found = wish.provider ? offer.find(({ provider }) => provider === wish.provider) : offer[0];
  if (!found) {
    const message = `is not offered here; ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
    throw new RequestProblem('invalid_request', `Provider ${wish.provider} ${message}.`, {
      errors: [{ pointer: '/provider', code: 'not_offered', message, limit: names }],
    });
  }
  return { provider: found.provider, model: wish.model ?? found.defaultModel };
}
