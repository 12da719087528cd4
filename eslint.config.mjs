import { builtinModules } from 'node:module';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Without a project graph on disk the boundaries rule skips itself with a warning, as it would in a fresh clone.
await createProjectGraphAsync({ exitOnError: true });

/**
 * Who imports whom. A project's imports have to satisfy every row whose tag it carries. `layer:` tags hold the one
 * direction (app → adapter → runtime → pure → contracts), `scope:` tags what single projects stay away from.
 */
const boundaries = [
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: [], allowedExternalImports: ['zod'] },
  {
    sourceTag: 'layer:pure',
    onlyDependOnLibsWithTags: ['layer:contracts'],
    allowedExternalImports: ['zod', 'yaml', '@noble/hashes', '@noble/hashes/*'],
  },
  // Pure as well, and made of what reads and writes file formats; only who serves files may load that.
  {
    sourceTag: 'layer:formats',
    onlyDependOnLibsWithTags: ['layer:contracts'],
    allowedExternalImports: [
      ...['@noble/hashes', '@noble/hashes/*', 'yaml', 'fflate', 'docx', 'pdfmake', 'pdfmake/*', 'fontkit', 'mdast'],
      ...['mdast-util-from-markdown', 'mdast-util-gfm', 'micromark-extension-gfm'],
    ],
  },
  { sourceTag: 'layer:runtime', onlyDependOnLibsWithTags: ['layer:contracts'] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:pure', 'layer:runtime'] },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:pure', 'layer:formats', 'layer:runtime', 'layer:adapter'],
  },
  {
    sourceTag: 'layer:composition',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:pure', 'layer:runtime', 'layer:adapter', 'layer:app'],
  },
  { sourceTag: 'layer:user', onlyDependOnLibsWithTags: ['layer:contracts', 'scope:client'] },
  { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['*'] },

  { sourceTag: 'scope:client', onlyDependOnLibsWithTags: ['layer:contracts'] },
  // Only the generator calls a provider, and it knows neither the database nor a blueprint.
  {
    sourceTag: 'scope:generator',
    onlyDependOnLibsWithTags: [
      'layer:contracts',
      'layer:runtime',
      'scope:messaging',
      'scope:llm',
      'scope:limits',
      'scope:lint',
      'scope:live',
      'scope:presence',
    ],
  },
  ...['gateway', 'orchestrator', 'notifier'].map((app) => ({
    sourceTag: `scope:${app}`,
    onlyDependOnLibsWithTags: [
      'layer:contracts',
      'layer:pure',
      'layer:runtime',
      'scope:persistence',
      'scope:messaging',
      'scope:limits',
      'scope:live',
      'scope:presence',
      // Only the gateway serves files.
      ...(app === 'gateway' ? ['scope:export'] : []),
    ],
  })),
];

const exportStar = {
  selector: 'ExportAllDeclaration',
  message: 'Name what is exported: `export *` hides the public surface and costs start-up time.',
};

const nodeBuiltins = {
  patterns: [
    {
      regex: `^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})(/|$))`,
      message: 'This layer runs anywhere and touches nothing outside memory: no Node built-ins.',
    },
  ],
};

/** Time, identity and chance arrive in the arguments of a pure function. */
const impure = {
  globals: [
    'process',
    'Buffer',
    'crypto',
    'fetch',
    'performance',
    'queueMicrotask',
    'setImmediate',
    'setInterval',
    'setTimeout',
    'console',
    'globalThis',
    'require',
  ].map((name) => ({ name, message: 'A pure layer has no clock, timers, randomness, process or I/O.' })),
  properties: [
    { object: 'Date', property: 'now', message: 'The instant arrives inside the event or argument.' },
    { object: 'Math', property: 'random', message: 'Randomness arrives inside the event or argument.' },
  ],
  syntax: [
    {
      selector: ":matches(NewExpression, CallExpression)[callee.name='Date'][arguments.length=0]",
      message: 'The instant arrives inside the event or argument.',
    },
    { selector: 'ImportExpression', message: 'A pure layer loads nothing at run time.' },
  ],
};

/** `*.contract.ts` is a suite that the specs of several backends call; `test` holds what only specs use. */
const specs = ['**/*.spec.ts', '**/*.contract.ts', '{apps,libs}/*/test/**'];

export default defineConfig(
  globalIgnores(['**/node_modules', '**/dist', '**/coverage', '.nx', '.planwright', 'plan-out']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', exportStar],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10, 'ts-ignore': true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An in-process adapter answers at once where the other one awaits a server; both have the same asynchronous shape.
      '@typescript-eslint/require-await': 'off',
      // Objects made of closures are taken apart freely; nothing here relies on `this` outside classes.
      '@typescript-eslint/unbound-method': 'off',
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, allow: [], enforceBuildableLibDependency: false },
      ],
    },
  },
  {
    files: ['libs/{contracts,prompts,plan,export}/src/**/*.ts'],
    ignores: [...specs, 'libs/prompts/src/load.ts', 'libs/export/src/paper/fonts.ts'],
    rules: {
      'no-restricted-imports': ['error', nodeBuiltins],
      'no-restricted-globals': ['error', ...impure.globals],
      'no-restricted-properties': ['error', ...impure.properties],
      'no-restricted-syntax': ['error', exportStar, ...impure.syntax],
    },
  },
  {
    // The client runs in browsers.
    files: ['libs/client/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-imports': ['error', nodeBuiltins],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'setImmediate'],
    },
  },
  {
    // So does the workspace, with types of its own.
    files: ['apps/web/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { project: './apps/web/tsconfig.json' } },
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'setImmediate'] },
  },
  {
    // What talks to a person on a terminal writes to it.
    files: ['apps/{cli,ops}/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A spec may use anything of the workspace, and reads answers whose shape its assertions state.
    files: specs,
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'no-undef': 'off', 'no-unused-vars': 'error' },
  },
  prettier,
);
