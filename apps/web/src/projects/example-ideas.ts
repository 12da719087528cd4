/** An idea to try the product with. */
export interface ExampleIdea {
  readonly name: string;
  readonly idea: string;
  readonly constraints: string;
}

export const EXAMPLE_IDEAS: readonly ExampleIdea[] = [
  {
    name: 'Shared shopping list',
    idea: 'A shopping list that flat mates share. Everybody adds what is missing, whoever is in the shop ticks it off, also without a connection, and at the end of the month the app says who owes what to whom.',
    constraints: 'Two developers, eight weeks. Works on phones. No account needed to join a list.',
  },
  {
    name: 'Tool library',
    idea: 'A website for a neighbourhood’s tool library: members see which tools are free, reserve them for a weekend, and are reminded to bring them back. Volunteers check tools in and out at a counter.',
    constraints: 'Run by volunteers, so it has to be simple and cheap to host. Member data stays in the EU.',
  },
  {
    name: 'Waiting room screen',
    idea: 'A screen for the waiting room of a small clinic that shows who is next without showing names, and tells patients on their phones when to come back from a walk.',
    constraints: 'No personal data on the screen or in logs. Has to keep working when the internet is down.',
  },
];
