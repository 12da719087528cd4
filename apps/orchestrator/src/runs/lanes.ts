/** One piece of work and what it comes to. */
interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * A lane per key: what arrives for a key while work for it is under way waits, and is then done together, in order. Ten
 * results of one run cost two transactions and one connection, not ten of each that wait for the same row.
 *
 * Where a batch fails each of its items is tried alone, so that one that can't be done fails by itself.
 */
export class Lanes<Item, Result> {
  private readonly lanes = new Map<string, Waiting<Item, Result>[]>();

  constructor(
    private readonly parts: {
      /** Gives a result for each item, or rejects with nothing done. */
      work: (key: string, items: readonly Item[]) => Promise<readonly Result[]>;
      /** An error that each item would meet alone, too: then none of them is tried alone. Default: no error is. */
      isEverybodys?: (error: unknown) => boolean;
      /** Items at a time, at most. */
      most: number;
    },
  ) {}

  do(key: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(key);
      if (lane) return void lane.push({ item, resolve, reject });
      const fresh = [{ item, resolve, reject }];
      this.lanes.set(key, fresh);
      void this.empty(key, fresh);
    });
  }

  private async empty(key: string, lane: Waiting<Item, Result>[]): Promise<void> {
    while (lane.length > 0) await this.together(key, lane.splice(0, this.parts.most));
    this.lanes.delete(key);
  }

  /** Answers the error that met everybody, if there was one. */
  private async together(key: string, batch: readonly Waiting<Item, Result>[]): Promise<unknown> {
    try {
      const results = await this.parts.work(
        key,
        batch.map(({ item }) => item),
      );
      for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Result);
      return undefined;
    } catch (error) {
      const isEverybodys = this.parts.isEverybodys?.(error) ?? false;
      if (batch.length === 1 || isEverybodys) {
        for (const { reject } of batch) reject(error);
        return isEverybodys ? error : undefined;
      }
      return this.oneByOne(key, batch);
    }
  }

  private async oneByOne(key: string, batch: readonly Waiting<Item, Result>[]): Promise<unknown> {
    for (const [i, one] of batch.entries()) {
      const error = await this.together(key, [one]);
      if (error === undefined) continue;
      for (const { reject } of batch.slice(i + 1)) reject(error);
      return error;
    }
    return undefined;
  }
}
