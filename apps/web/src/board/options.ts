/** Something to choose by its short name, or by what it says. */
export interface Option {
  value: string;
  name: string;
  detail: string;
}

/** Options that have every word of the text, the one of exactly this name first. */
export function searchOptions(options: readonly Option[], text: string, most: number): Option[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = options.filter(({ name, detail }) => {
    const all = `${name} ${detail}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const isNamed = ({ name }: Option) => name.toLowerCase() === text.trim().toLowerCase();
  return [...found.filter(isNamed), ...found.filter((option) => !isNamed(option))].slice(0, most);
}
