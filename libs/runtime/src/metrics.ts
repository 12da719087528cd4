import { Counter, Registry } from 'prom-client';

/** The metrics of one process, as Prometheus reads them on `/metrics`. */
export class Metrics {
  private readonly registry = new Registry();

  /** A count that only rises; its name ends in `_total`. Each kind of it is there from the start, at 0. */
  counter<Kind extends string>(options: {
    name: `planwright_${string}_total`;
    help: string;
    kinds: readonly Kind[];
  }): (kind: Kind, by?: number) => void {
    const { name, help, kinds } = options;
    const counter = new Counter({ name, help, labelNames: ['kind'], registers: [this.registry] });
    for (const kind of kinds) counter.inc({ kind }, 0);
    return (kind, by = 1) => counter.inc({ kind }, by);
  }

  /** The text format of Prometheus, and its content type. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
