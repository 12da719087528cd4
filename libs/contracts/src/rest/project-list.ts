import { z } from 'zod';
import { pageQuery } from './lists.js';
import { projectResource } from './projects.js';
import { runSummary } from './runs.js';
import { text } from './text.js';

/**
 * `?q=`: only projects that have this text in their name or idea, 1–200 characters without the space around it. Case is of
 * no importance, and no character stands for others. Default: all.
 */
export const projectsQuery = pageQuery.extend({ q: z.string().trim().pipe(text(1, 200)).optional() });
export type ProjectsQuery = z.infer<typeof projectsQuery>;

/**
 * A project in the list: with its newest run, whatever that writes and however it ended; null before the first one. The
 * project alone goes without: its ETag would change with every section that is written.
 */
export const listedProject = projectResource.extend({ newest_run: runSummary.nullable() });
export type ListedProject = z.infer<typeof listedProject>;
