/**
 * Puts the same question of many as one. Who asks while an answer is on its way shares the next one, and never that one: what
 * was true only before somebody asked is not told to them.
 */
export function askedTogether<Answer>(ask: (of: string) => Promise<Answer>): (of: string) => Promise<Answer> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<Answer>>();
  const begin = (of: string): Promise<Answer> => {
    const answer = ask(of);
    const ended = answer.then(nothing, nothing).then(() => {
      if (running.get(of) === ended) running.delete(of);
    });
    running.set(of, ended);
    return answer;
  };
  return (of) => {
    const before = running.get(of);
    if (!before) return begin(of);
    const shared =
      waiting.get(of) ??
      before.then(() => {
        waiting.delete(of);
        return begin(of);
      });
    waiting.set(of, shared);
    return shared;
  };
}

const nothing = () => undefined;
