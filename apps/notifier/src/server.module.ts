import type { DynamicModule } from '@nestjs/common';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { HealthRegistry } from '@planwright/runtime';
import type { FastifyReply } from 'fastify';
import type { NotifierParts } from './notifier.module.js';
import { NotifierModule } from './notifier.module.js';

@Controller()
class HealthController {
  constructor(private readonly registry: HealthRegistry) {}

  /** Alive: this process answers. */
  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** Ready: what this process needs answers, too, and it is not shutting down. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.registry.check();
    void reply.status(report.ok ? 200 : 503);
    return { status: report.ok ? 'ok' : 'unavailable', checks: report.checks };
  }
}

/** The notifier as a process of its own: the live feed and its health. */
@Module({})
export class ServerModule {
  static register(parts: NotifierParts, registry: HealthRegistry, persistence: DynamicModule[]): DynamicModule {
    return {
      module: ServerModule,
      imports: [...persistence, NotifierModule.register(parts)],
      controllers: [HealthController],
      providers: [{ provide: HealthRegistry, useValue: registry }],
    };
  }
}
