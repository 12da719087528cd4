import { Controller, Get } from '@nestjs/common';
import type { ModelResource, Page } from '@planwright/contracts';
import type { ModelOffer } from '../runs/model-choice.js';

/** The offer as people see it. A class, so that it can be asked for by its name. */
export class OfferedModels {
  readonly page: Page<ModelResource>;

  constructor(offer: ModelOffer) {
    const items = offer.map(({ provider, defaultModel }, place) => ({
      provider,
      default_model: defaultModel,
      is_default: place === 0,
    }));
    this.page = { items, next_cursor: null };
  }
}

@Controller('/v1/models')
export class ModelsController {
  constructor(private readonly models: OfferedModels) {}

  @Get()
  list(): Page<ModelResource> {
    return this.models.page;
  }
}
