const WORDS = ['the', 'map', 'one', 'day', 'now', 'box', 'for', 'two', 'men', 'can', 'see', 'old', 'sea', 'and', 'sky'];

/** Plain text of exactly so many tokens of four characters. The same number gives the same text. */
export function textOfTokens(tokens: number): string {
  return Array.from({ length: tokens }, (_, i) => {
    const word = WORDS[(i * 7 + (i >> 4)) % WORDS.length] ?? 'the';
    return i % 16 === 15 ? `${word}\n` : `${word} `;
  }).join('');
}

/** Cut into tokens of four characters; characters outside the basic plane stay whole. */
export function tokensIn(text: string): string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / 4) }, (_, i) =>
    characters.slice(i * 4, i * 4 + 4).join(''),
  );
}

const task = (ref: string, title: string, dependencies: string[], requirements: string[]) => ({
  ref,
  title,
  description: `${title}, as the specification says.`,
  acceptance_criteria: ['It works as described and has a test.'],
  ...{ type: 'feature', priority: 'medium', estimate: 3, labels: ['core'], dependencies, requirements },
});

/** What is answered to a request for JSON: a valid list of tasks. */
export const TASK_LIST = JSON.stringify({
  tasks: [
    task('T-1', 'Set up the project', [], []),
    task('T-2', 'Store what people enter', ['T-1'], ['FR-1']),
    task('T-3', 'Show it as a list', ['T-1', 'T-2'], ['FR-2', 'NFR-1']),
  ],
});

/** Ends in a value that never began: what no parser may guess shut. */
export const MALFORMED_TASK_LIST = TASK_LIST.replace(
  '"T-2"],"requirements":["FR-2","NFR-1"]}]}',
  '"T-2"],"requirements":,]}',
);
