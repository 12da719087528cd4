import { parseArgs } from 'node:util';
import { PROVIDER_NAMES } from '@planwright/contracts';

export interface PlanArguments {
  /** The idea itself, or the path of a file with it. */
  idea: string;
  constraints: string | undefined;
  mode: 'draft' | 'detailed' | undefined;
  /** Kinds of documents; undefined leaves it to the platform. */
  documents: string[] | undefined;
  /** Who writes; what is not named is the platform's choice. */
  provider: string | undefined;
  model: string | undefined;
  out: string | undefined;
}

/** The command line is wrong; the message says how. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm run plan -- "An app that ..." [options]
       npm run plan -- path/to/idea.md [options]

  --constraints TEXT     replaces what stands under the heading "Constraints" that a file may have
  --mode draft|detailed  length of the PRD (default: detailed)
  --documents KINDS      kinds of documents, separated by commas, such as prd,rfc (default: prd,tech_spec,task_set); what
                         they are made from is written as well
  --provider P           who writes: ${PROVIDER_NAMES.join(', ')} (default: the platform's choice)
  --model M              a model of that provider (default: the provider's own)
  --out DIR              where prd.md, tech-spec.md, tasks.json and tasks.md are written, and a file of its name for every
                         other document (default: plan-out/<name of the idea>)

Starts the platform if none answers at PLANWRIGHT_URL (default http://127.0.0.1:3000) and stops it at the end.
PLANWRIGHT_API_KEY is sent where the server asks for a key.

Exit code: 0 succeeded, 1 failed, 2 wrong usage, 3 partial, 130 cancelled (Ctrl-C).
`;

/** Reads the command line. Returns `help` when it was asked for; throws `UsageError`. */
export function readArguments(argv: readonly string[]): PlanArguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [idea, ...more] = positionals;
  if (idea === undefined || idea.trim() === '') throw new UsageError('The idea is missing.');
  if (more.length > 0) throw new UsageError(`One idea at a time: put quotes around it ("${idea} ${more[0]} ...").`);
  const { mode, provider, model, constraints, out } = values;
  const documents = values.documents?.split(',').map((kind) => kind.trim());
  if (documents?.some((kind) => !/^[a-z][a-z0-9_]*$/.test(kind))) {
    throw new UsageError(`--documents must be kinds separated by commas, such as prd,rfc, not "${values.documents}".`);
  }
  if (mode !== undefined && mode !== 'draft' && mode !== 'detailed') {
    throw new UsageError(`--mode must be draft or detailed, not "${mode}".`);
  }
  if (provider !== undefined && !PROVIDER_NAMES.some((name) => name === provider)) {
    throw new UsageError(`--provider must be one of ${PROVIDER_NAMES.join(', ')}, not "${provider}".`);
  }
  if (model?.trim() === '') throw new UsageError('--model must name a model.');
  if (out?.trim() === '') throw new UsageError('--out must name a folder.');
  return { idea, constraints, mode, documents: documents && [...new Set(documents)], provider, model, out };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        constraints: { type: 'string' },
        mode: { type: 'string' },
        documents: { type: 'string' },
        provider: { type: 'string' },
        model: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
