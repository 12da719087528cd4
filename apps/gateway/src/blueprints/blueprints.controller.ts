import { Controller, Get } from '@nestjs/common';
import type { BlueprintResource, Page } from '@planwright/contracts';
import { ListBlueprints } from './list-blueprints.js';

@Controller('/v1/blueprints')
export class BlueprintsController {
  constructor(private readonly listBlueprints: ListBlueprints) {}

  @Get()
  list(): Page<BlueprintResource> {
    return this.listBlueprints.execute();
  }
}
