/** What each command says to --help, and to a wrong command line. */
export const USAGE = {
  ops: `Usage: npm run ops -- verify | parked | doctor | retry | limits | usage | workspace | keys | webhooks | blueprints [options]

  verify     checks on the live database that no run is lost, stuck or done twice
  parked     lists, replays or drops messages that nobody could handle
  doctor     looks whether everything is reachable and as it should be
  retry      retries the features that failed
  limits     shows the providers' limits as they are known, and who waits for them
  usage      shows what a workspace used and spent in a month
  workspace  shows and sets what a workspace prefers and may spend
  keys       lists, makes, rotates and revokes API keys
  webhooks   seals the secrets of webhooks anew
  blueprints checks a folder with documents of your own

Each says more with --help. They read DATABASE_URL, RABBITMQ_URL, REDIS_URL and PLANWRIGHT_PREFIX like the services.
Exit code: 0 all is well, 1 something was found, 2 wrong usage or nothing could be looked at.
`,
  verify: `Usage: npm run ops -- verify [--all] [--limit N] [--json]

Checks every invariant on the database at DATABASE_URL, while the platform runs, in one read-only snapshot.

  --all      looks at everything there is (default: what is active, and what ended in the last 24 hours)
  --limit N  shows up to N examples of each fault (default 5)
  --json     prints JSON

Exit code: 0 every invariant holds (there may be warnings), 1 some do not, 2 they could not be checked.
`,
  parked: `Usage: npm run ops -- parked list [--limit N] [--json]
       npm run ops -- parked show MESSAGE [--json]
       npm run ops -- parked replay MESSAGE... | --all
       npm run ops -- parked drop MESSAGE... | --all --yes

Messages that nobody could handle are kept on RabbitMQ (RABBITMQ_URL, PLANWRIGHT_PREFIX) until somebody decides. MESSAGE
is what "parked list" shows in its first column.

  list     shows the oldest N of them (default 100)
  show     shows one, with its body
  replay   sends messages again to where they came from; what has been settled since stays as it is
  drop     deletes messages for ever

Replay and drop are noted in the audit log of each message's workspace (DATABASE_URL).
Exit code: 0 done, 1 not for all of them, 2 wrong usage or nothing could be done.
`,
  blueprints: `Usage: npm run ops -- blueprints check DIR [--lock] [--json]

Reads a folder as the services do that are given it as PLANWRIGHT_BLUEPRINTS_DIR, and lists everything that is wrong with
it: file:line:column and what. Needs no server.

  --lock  writes DIR/prompts.lock.json with the versions there are now, if all is well; from then on a text that changes
          needs a new version
  --json  prints JSON

Exit code: 0 all good, 1 problems, 2 wrong usage or the folder can't be written to.
`,
  doctor: `Usage: npm run ops -- doctor [--json]

Looks at PostgreSQL (DATABASE_URL), RabbitMQ (RABBITMQ_URL) and Redis (REDIS_URL), and at what the services show there:
consumers, slots, the outbox, parked messages. Changes nothing.

Exit code: 0 all is well, 1 something is not, 2 wrong usage.
`,
  retry: `Usage: npm run ops -- retry --failed [--workspace NAME] [--project ID] [--json]

Retries every feature that has failed, in the database at DATABASE_URL: each gets a new run, which keeps what was finished
and writes with the same provider and model. The orchestrators begin them within seconds. Features that somebody
cancelled stay as they are. The limit of active runs (PLANWRIGHT_MAX_ACTIVE_RUNS) does not hold here.

  --failed          says that all of them are meant
  --workspace NAME  only those of the workspace with this name or id (default: of all)
  --project ID      only those of this project
  --json            prints JSON

Each retry is noted in the audit log of its workspace.
Exit code: 0 done, 1 not for all of them, 2 wrong usage or nothing could be done.
`,
  limits: `Usage: npm run ops -- limits [--json]

What the generators share in Redis (REDIS_URL, PLANWRIGHT_PREFIX): by provider, group of models and key (a hash of it), the
limits a minute as configured or learned, calls that run, steps in line, and why a provider is left alone at present.
Changes nothing.

Exit code: 0 all is well, 1 a provider refuses its key or its account, 2 wrong usage or nothing could be read.
`,
  usage: `Usage: npm run ops -- usage [--workspace NAME] [--month YYYY-MM] [--json]

What a workspace used in a calendar month (UTC), by provider and model, from the ledger in the database at DATABASE_URL.
Calls that failed or were cancelled are in it.

  --workspace NAME  name or id of the workspace (default: default)
  --month YYYY-MM   default: this month
  --json            prints JSON; amounts in millionths of a dollar

Exit code: 0 done, 2 wrong usage or nothing could be read.
`,
  keys: `Usage: npm run ops -- keys list [--workspace NAME] [--json]
       npm run ops -- keys create --name NAME --role ROLE [--expires-in-days N] [--workspace NAME] [--json]
       npm run ops -- keys rotate KEY [--grace-hours N] [--workspace NAME] [--json]
       npm run ops -- keys revoke KEY [--workspace NAME]

API keys of a workspace, in the database at DATABASE_URL. KEY is an id, or how the key begins (pw_7k2m9qxa).

  list    shows them all, without the keys themselves
  create  makes one and prints it, this once; ROLE is viewer, editor or admin
  rotate  gives one a new secret and prints it, this once; the old one is good for N more hours (default 24, at most 720)
  revoke  ends one for ever

  --workspace NAME  name or id of the workspace (default: default)

Each change is noted in the audit log of the workspace.
Exit code: 0 done, 2 wrong usage or nothing could be done.
`,
  webhooks: `Usage: npm run ops -- webhooks reseal [--json]

Seals the secrets of all webhooks in the database at DATABASE_URL with the first key of PLANWRIGHT_SECRETS_KEYS: those that
are stored as they are, and those that another of these keys has sealed. After it the other keys are not needed any more.

  --json  prints JSON

Exit code: 0 done, 1 some could not be opened and stay as they are, 2 wrong usage or nothing could be done.
`,
  workspace: `Usage: npm run ops -- workspace [--name NAME] [--provider P] [--model M] [--monthly-budget AMOUNT] [--json]

Shows a workspace in the database at DATABASE_URL, and sets what is given; "none" takes a setting away.

  --name NAME              name or id of the workspace (default: default)
  --provider P             writes where neither a run nor its project names a provider. A model that is set is taken
                           away with its provider
  --model M                model of that provider
  --monthly-budget AMOUNT  dollars in a calendar month (UTC), such as 20 or 20.50; once they are spent, sections fail
                           as "budget"
  --json                   prints JSON; amounts in millionths of a dollar

What is set is noted in the audit log, and holds for runs that are started from then on; the budget at once.
Exit code: 0 done, 2 wrong usage or nothing could be done.
`,
} as const;
