/** Makes something when it is first asked for: a format of dates takes a slow phone longer than the page has to open. */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
