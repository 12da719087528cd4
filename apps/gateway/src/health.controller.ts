import { Controller, Get, Res } from '@nestjs/common';
import { HealthRegistry } from '@planwright/runtime';
import type { FastifyReply } from 'fastify';
import { Public } from './auth/caller.js';
import { RELEASE } from './docs/release.js';

@Public()
@Controller()
export class HealthController {
  constructor(private readonly registry: HealthRegistry) {}

  /** Alive: this process answers. */
  @Get('healthz')
  alive() {
    return { status: 'ok', service: 'planwright', version: RELEASE };
  }

  /** Ready: what this process needs answers, too. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.registry.check();
    void reply.status(report.ok ? 200 : 503);
    return report;
  }
}
