import { COMPATIBLE_ANSWERS } from '../../test/compatible-answers.js';
import { OPENAI_ANSWERS } from '../../test/openai-answers.js';
import { expectMeaning } from '../../test/recorded-answer.js';
import { classifyCompatible } from './classify.js';

describe('the answers of compatible servers', () => {
  it.each(COMPATIBLE_ANSWERS.map((answer) => [answer.name, answer] as const))('%s', (_, answer) => {
    expectMeaning(answer, classifyCompatible);
  });

  it.each(OPENAI_ANSWERS.map((answer) => [answer.name, answer] as const))('passed on from OpenAI: %s', (_, answer) => {
    expectMeaning(answer, classifyCompatible);
  });
});
