/** An event of Chromium's trace, as far as it is read here. */
interface TraceEvent {
  name: string;
  /** `X`: it lasted from `ts` for `dur`, in µs. */
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  args?: { name?: string };
}

/** What a trace has to record for `mainThreadTasks`. */
export const TASK_CATEGORIES = ['-*', 'disabled-by-default-devtools.timeline', '__metadata'];

/**
 * How long each task of the page's main thread took, in ms, out of a trace. Chromium may keep a renderer in reserve: the page's is the
 * one that worked most.
 */
export function mainThreadTasks(trace: string): number[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
  const tasks = new Map<string, number[]>();
  for (const event of traceEvents) {
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') tasks.set(threadOf(event), []);
  }
  for (const event of traceEvents) {
    if (event.ph === 'X' && event.name === 'RunTask') tasks.get(threadOf(event))?.push((event.dur ?? 0) / 1_000);
  }
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  return [...tasks.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
}
