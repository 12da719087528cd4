import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import core from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

// Both are CommonJS.
const { Spectral } = core;

/** Errors, warnings and hints alike. */
async function lint(file: string, ruleset: unknown, change: (text: string) => string = (text) => text) {
  const spectral = new Spectral();
  spectral.setRuleset(ruleset as never);
  const text = readFileSync(join(import.meta.dirname, '../docs', file), 'utf8');
  const found = await spectral.run(change(text));
  return found.map(({ code, path, message }) => `${String(code)} ${path.join('.')} ${message}`);
}

it('finds nothing in the OpenAPI description', async () => {
  expect(await lint('openapi.json', rulesets.oas)).toEqual([]);
});

it('finds nothing in the AsyncAPI description', async () => {
  expect(await lint('asyncapi.json', rulesets.asyncapi)).toEqual([]);
});

it('would find an operation without a description', async () => {
  const blank = (text: string) => text.replace(/"description": "Create a project[^"]*"/, '"description": ""');
  expect(await lint('openapi.json', rulesets.oas, blank)).toEqual([expect.stringMatching(/^operation-description/)]);
});
