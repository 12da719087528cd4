import { v7 } from 'uuid';

/** A fresh UUID, version 7: time-ordered, so rows that are written together lie together in an index. */
export function newId(): string {
  return v7();
}
