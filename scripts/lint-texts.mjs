// Lints texts that exist nowhere: reads [{file, text}] from standard input, writes for each the ids of the rules it
// breaks. A process of its own, because ESLint with its plugins does not belong into Jest's module registry.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
  // Only the import and purity rules are asked about; without the typed rules no file has to exist.
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId === '@nx/enforce-module-boundaries' || ruleId.startsWith('no-restricted-'),
});

const answers = [];
for (const { file, text: code } of JSON.parse(await text(process.stdin))) {
  const results = await eslint.lintText(code, { filePath: file });
  answers.push(results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`)));
}
process.stdout.write(JSON.stringify(answers));
