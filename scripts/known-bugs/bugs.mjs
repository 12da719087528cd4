/**
 * Known ways to get this wrong: bugs that systems of this kind have had, most of them measured in the libraries used here.
 * Each is one change to a source file, and the tests that have to notice it.
 *
 * `file` and `find` say where: the text occurs there exactly once. `tests` are the arguments of a Jest run.
 */
export const BUGS = [
  {
    name: 'stale ack',
    what: 'a message is acknowledged on the newest channel instead of the one that delivered it',
    file: 'libs/messaging/src/rabbit/settlement.ts',
    find: `      counters.handled += 1;
      this.#settle(() => origin.channel.ack(message));`,
    replace: `      counters.handled += 1;
      const newest = (globalThis as any).newestChannel as Channel;
      this.#settle(() => newest.ack(message));`,
    also: {
      file: 'libs/messaging/src/rabbit/consumer.ts',
      find: 'const attachment: Attachment = {',
      replace: '(globalThis as any).newestChannel = channel;\n    const attachment: Attachment = {',
    },
    tests: ['int', 'libs/messaging/src/rabbit/rabbit-(faults|traps)'],
  },
  {
    name: 'throw without nack',
    what: 'a message whose handler threw is neither acknowledged nor given back',
    file: 'libs/messaging/src/rabbit/settlement.ts',
    find: `    this.giveBack(origin, message);
    origin.slots.giveBack();`,
    replace: '    origin.slots.giveBack();',
    tests: ['int', 'libs/messaging/src/rabbit/rabbit-broker'],
  },
  {
    name: 'missing mandatory',
    what: 'a command that no queue takes is confirmed and gone',
    file: 'libs/messaging/src/rabbit/publisher.ts',
    find: "mandatory: exchange === 'cmd',",
    replace: 'mandatory: false,',
    tests: ['int', 'libs/messaging/src/rabbit'],
  },
  {
    name: 'deaf consumer',
    what: "the server's cancel of a consumer is ignored, and nothing looks from outside",
    file: 'libs/messaging/src/rabbit/consumer.ts',
    find: '      else void this.#attachAgain(channel, hurry);',
    replace: '',
    also: {
      file: 'libs/messaging/src/rabbit/watchdog.ts',
      find: '      if (counted >= consumers.length) continue;',
      replace: '      if (counted >= 0) continue;',
    },
    tests: ['int', 'libs/messaging/src/rabbit/rabbit-(faults|traps)'],
  },
  {
    name: 'no drain',
    what: 'closing does not wait for handlers in flight',
    file: 'libs/messaging/src/rabbit/consumer.ts',
    find: 'await within(graceMs, ',
    replace: 'await within(0, ',
    tests: ['int', 'libs/messaging/src/rabbit'],
  },
  {
    name: 'outage parks',
    what: 'while the database is away its messages use up their deliveries',
    file: 'apps/orchestrator/src/runs/advance-run.ts',
    find: "throw isUnavailable(error) ? new UnavailableError('the database is away', { cause: error }) : error;",
    replace: 'throw error;',
    tests: ['int', 'apps/orchestrator/src/runs'],
  },
  {
    name: 'id cursor',
    what: 'the relay remembers the last id it has seen and never looks back',
    file: 'libs/persistence/src/messages/outbox.ts',
    find: "FROM outbox WHERE created_at <= clock_timestamp() - $2::float8 * interval '1 millisecond'",
    replace:
      "FROM outbox WHERE created_at <= clock_timestamp() - $2::float8 * interval '1 millisecond' AND seq > ${((globalThis as any).lastSeq ??= 0)}",
    also: {
      file: 'libs/persistence/src/messages/outbox.ts',
      find: '      const published = await publish(',
      replace: `      const [{ top }] = await rows<{ top: number }>(manager, 'SELECT max(seq)::int AS top FROM outbox WHERE id = ANY($1)', [claimed.map(({ id }) => id)]) as [{ top: number }];
      (globalThis as any).lastSeq = top;
      const published = await publish(`,
    },
    tests: ['int', 'libs/persistence/src/messages'],
  },
  {
    name: 'inbox outside the transaction',
    what: 'a message counts as seen although its effect was rolled back',
    file: 'apps/orchestrator/src/runs/advance-run.ts',
    find: '    const all = takeTurns(run, happenings);',
    replace: `    await this.parts.database.transaction((own) => own.runs.save(run, { handled: messages.map(({ id }) => id) }));
    const all = takeTurns(run, happenings);`,
    tests: ['int', 'apps/orchestrator/src/runs'],
  },
  {
    name: 'published in the transaction',
    what: 'messages go out although what they tell is rolled back',
    file: 'apps/orchestrator/src/runs/advance-run.ts',
    find: '    await keepLateDrafts(tx, run, turns);',
    replace: '    await this.parts.sender.send(rows);\n    await keepLateDrafts(tx, run, turns);',
    tests: ['int', 'apps/orchestrator/src/runs'],
  },
  {
    name: 'deleted before the confirm',
    what: 'an outbox row goes although the broker did not take its message',
    file: 'apps/orchestrator/src/outbox/publisher.ts',
    find: '.filter((id) => !failed.has(id))',
    replace: '',
    tests: ['unit', 'apps/orchestrator/src/outbox'],
  },
  {
    name: 'no fence',
    what: 'the result of an attempt that was given up is taken',
    file: 'libs/plan/src/decide-step.ts',
    find: "  if (place.step.attempt !== event.attempt) return 'stale_attempt';",
    replace: '',
    tests: ['unit', 'libs/plan/src'],
  },
  {
    name: 'issued anew under the same attempt',
    what: 'a lost step is sent again under the fence its frozen worker still has',
    file: 'libs/plan/src/advance.ts',
    find: 'attempt: attempt + 1, timeoutMs',
    replace: 'attempt: Math.max(attempt, 1), timeoutMs',
    tests: ['unit', 'libs/plan/src/decide'],
  },
  {
    name: 'no lease',
    what: 'a command that arrives twice is carried out twice',
    file: 'apps/generator/src/steps/next-move.ts',
    find: "  if (claim === 'settled' || claim === 'held') return 'leave';",
    replace: '',
    tests: ['unit', 'apps/generator/src/steps'],
  },
  {
    name: 'acknowledged before the result is confirmed',
    what: 'a generator lets go of its command while the text it paid for is nowhere',
    file: 'apps/generator/src/steps/generate-step.ts',
    find: '      await this.tell(factOf(outcome, facts, step), step);',
    replace: '      void this.tell(factOf(outcome, facts, step), step).catch(() => {});',
    tests: ['unit', 'apps/generator/src'],
  },
  {
    name: 'a cut stream counts as finished',
    what: 'text without the end mark of the provider is stored as if it were whole',
    file: 'apps/generator/src/provider-call/call-provider.ts',
    find: '      if (next.done)',
    replace:
      "      if (next.done && content !== '') return { kind: 'result', content, model: request.model, usage: null };\n      if (next.done)",
    tests: ['unit', 'apps/generator/src/provider-call'],
  },
  {
    name: 'admission without its lock',
    what: 'two rounds at once hand out more steps than there are slots',
    file: 'apps/orchestrator/src/admission/admission.ts',
    find: '      await tx.admission.lock();\n',
    replace: '',
    tests: ['int', 'apps/orchestrator/src/admission'],
  },
  {
    name: 'first come, first served',
    what: 'a workspace with many runs stands before one with a single run',
    file: 'libs/plan/src/admission.ts',
    find: 'tokens > deficit',
    replace: 'tokens < 0',
    tests: ['unit', 'libs/plan/src/admission'],
  },
  {
    name: 'one clock for lost and late',
    what: 'a step whose worker lives is taken for lost',
    file: 'apps/orchestrator/src/time/silence.ts',
    find: "    if (sign === 'held') return false;",
    replace: '',
    tests: ['unit', 'apps/orchestrator/src/time'],
  },
  {
    name: 'a wish that is only a message',
    what: 'a cancel is not stored before it is sent',
    file: 'libs/persistence/src/runs/runs.repository.ts',
    find: 'SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())',
    replace: 'SET cancel_requested_at = cancel_requested_at',
    tests: ['int', 'libs/persistence/src/runs|libs/persistence/src/reads'],
  },
  {
    name: 'waiting for ever',
    what: 'nobody begins the run that waited for the one that has ended',
    file: 'apps/orchestrator/src/runs/beyond-run.ts',
    find: 'await tx.runs.promoteWaiting(run.projectId)',
    replace: '[] as { runId: string; workspaceId: string }[]',
    tests: ['int', 'apps/orchestrator/src/runs'],
  },
  {
    name: 'generator wins',
    what: 'a new task set overwrites what a person edited on a card',
    file: 'libs/plan/src/tasks/merge-card.ts',
    find: 'if (sameValue(field, card.fields[field], base[field])) {',
    replace: "if (field === 'labels' || sameValue(field, card.fields[field], base[field])) {",
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
  {
    name: 'edited card retired',
    what: 'a card that a person edited leaves the board with its task',
    file: 'libs/plan/src/tasks/merge-card.ts',
    find: 'if (!edited) return',
    replace: 'if (!edited || card.suggestion) return',
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
  {
    name: 'offer comes back',
    what: 'an offer that was dismissed is made again by the same task set',
    file: 'libs/plan/src/tasks/edit-card.ts',
    find: '    put(newBase, field, suggestion.fields[field]);',
    replace: '',
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
  {
    name: 'key given twice',
    what: 'a new card gets the number of the newest one on the board',
    file: 'libs/persistence/src/tasks/board.ts',
    find: 'return ++this.newest;',
    replace:
      "return Math.max(0, ...this.cards.filter(({ place }) => place === 'board').map(({ number }) => number)) + 1;",
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
  {
    name: 'place given twice',
    what: 'a restored card takes its old rank, whoever has it by now',
    file: 'libs/persistence/src/tasks/change-board.ts',
    find: '  board.rank(ranks);\n}',
    replace: '  void ranks;\n}',
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
  {
    name: 'merged circle',
    what: "a generated dependency closes a circle with a person's",
    file: 'libs/plan/src/tasks/merge-dependencies.ts',
    find: 'if (dependencyPath(edges, dependencyId, id) === null) return true;',
    replace: 'if (dependencyId !== id) return true;',
    tests: ['unit', 'libs/persistence/src/tasks/board.properties'],
  },
];

/** The source text with a bug in it; throws where the bug no longer fits. */
export function withBug(bug, file, text) {
  for (const { file: where, find, replace } of [bug, ...(bug.also ? [bug.also] : [])]) {
    if (where !== file) continue;
    if (text.split(find).length !== 2)
      throw new Error(`"${bug.name}" does not fit ${file}: its place is not there once`);
    text = text.replace(find, () => replace);
  }
  return text;
}
