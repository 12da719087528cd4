/** New values of some of a row's columns, by name. Instants are ISO 8601. */
export type Patch = Readonly<Record<string, unknown>>;

/** A row that effects change, one after the other: what it was when its run was locked, and what it shall be. */
export class RowPatch<Status extends string> {
  private patch: Patch & { status?: Status; attempt?: number } = {};

  constructor(private readonly row: { id: string; status: Status; attempt?: number }) {}

  get isTouched(): boolean {
    return Object.keys(this.patch).length > 0;
  }

  get status(): Status {
    return this.patch.status ?? this.row.status;
  }

  get attempt(): number {
    return this.patch.attempt ?? this.row.attempt ?? 0;
  }

  /** Answers false, and changes nothing, in a state that does not allow it. */
  set(from: readonly Status[], values: Patch & { status?: Status; attempt?: number }): boolean {
    if (!from.includes(this.status)) return false;
    this.patch = { ...this.patch, ...values };
    return true;
  }

  /** As `saveRun` has it: the row is named by its id and by the state it was in. */
  toJSON() {
    return { ...this.row, patch: this.patch };
  }
}

/** An instant as rows have it. */
export const at = (instant: number): string => new Date(instant).toISOString();
