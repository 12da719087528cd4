import { RequestProblem } from '../http/problem.js';

/** Providers this deployment offers, with the model each takes when none is named. The first is the default. */
export type ModelOffer = readonly {
  provider: string;
  /** Null where a model has to be named. */
  defaultModel: string | null;
}[];

/** What somebody asks for; what is left out is left to those who are asked next. */
export interface ModelWish {
  provider?: string | null | undefined;
  model?: string | null | undefined;
}

/**
 * Who writes: what the run asks for, else its project, its workspace, the deployment; `wishes` are in this order. A model
 * belongs to the provider beside it: once a provider is named, whoever comes later has no say. A model without a provider
 * is one of the provider that is found after it.
 */
export function chooseModel(offer: ModelOffer, ...wishes: readonly ModelWish[]): { provider: string; model: string } {
  const decides = wishes.findIndex(({ provider }) => provider);
  const heard = decides < 0 ? wishes : wishes.slice(0, decides + 1);
  const name = wishes[decides]?.provider;
  const found = name ? offer.find(({ provider }) => provider === name) : offer[0];
  if (!found) throw notOffered(offer, String(name));
  const model = heard.find((wish) => wish.model)?.model ?? found.defaultModel;
  if (model === null) throw modelNeeded(found.provider);
  return { provider: found.provider, model };
}

function notOffered(offer: ModelOffer, provider: string): RequestProblem {
  const names = offer.map((one) => one.provider);
  const message = `is not offered here; ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
  return new RequestProblem('invalid_request', `Provider ${provider} ${message}.`, {
    errors: [{ pointer: '/provider', code: 'not_offered', message, limit: names }],
  });
}

function modelNeeded(provider: string): RequestProblem {
  const message = `must be named: provider ${provider} has no default model here (PLANWRIGHT_MODEL sets one)`;
  return new RequestProblem('invalid_request', `/model ${message}.`, {
    errors: [{ pointer: '/model', code: 'required', message }],
  });
}
