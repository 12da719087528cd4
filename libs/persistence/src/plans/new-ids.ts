import { newId } from '@planwright/runtime';

/** A new id for each id of a bundle, the same one every time. */
export class NewIds {
  private readonly ids = new Map<string, string>();

  of(old: string): string {
    const id = this.ids.get(old) ?? newId();
    this.ids.set(old, id);
    return id;
  }

  /** Null stays null. */
  ofAny(old: string | null): string | null {
    return old === null ? null : this.of(old);
  }
}

/** Where the parts of an imported plan go. */
export interface ImportTarget {
  workspaceId: string;
  projectId: string;
  ids: NewIds;
}
