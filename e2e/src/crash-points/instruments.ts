import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES } from './places.js';
import type { Role } from './places.js';
import { instrumentRole } from './points.js';

const PRELOAD = new URL('../../dist/crash-points/preload.js', import.meta.url).href;

/** Where a process is to die: at the `nth` passing of a point, from 1. */
export interface Armed {
  point: string;
  nth: number;
}

/** The files through which a process gets its instrumented code, and tells which points it passes. */
export class Instruments {
  private constructor(private readonly folder: string) {}

  static async prepare(): Promise<Instruments> {
    const instruments = new Instruments(await mkdtemp(join(tmpdir(), 'pw-crash-')));
    for (const role of ROLES) {
      await writeFile(instruments.file(role, 'json'), JSON.stringify(instrumentRole(role).sources));
      await writeFile(instruments.file(role, 'hits'), '');
    }
    return instruments;
  }

  /** The address of what a process of this role loads first. */
  preload(role: Role, armed?: Armed): string {
    const query = new URLSearchParams({ plan: this.file(role, 'json'), hits: this.file(role, 'hits') });
    if (armed) {
      query.set('point', armed.point);
      query.set('nth', String(armed.nth));
    }
    return `${PRELOAD}?${query.toString()}`;
  }

  /** How often each point of a role was passed since `forgetHits`. */
  async hits(role: Role): Promise<Map<string, number>> {
    const hits = new Map<string, number>();
    for (const name of (await readFile(this.file(role, 'hits'), 'utf8')).split('\n')) {
      if (name !== '') hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    return hits;
  }

  async forgetHits(): Promise<void> {
    for (const role of ROLES) await truncate(this.file(role, 'hits'));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private file(role: Role, extension: string): string {
    return join(this.folder, `${role}.${extension}`);
  }
}
