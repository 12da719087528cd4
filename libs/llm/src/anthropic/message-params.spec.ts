import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { GenerateRequest } from '@planwright/contracts';
import { tasksSchema } from '../tasks-schema.js';
import { messageParams } from './message-params.js';

const request: GenerateRequest = {
  prompt: {
    system: [{ text: 'You write plans.' }],
    user: [{ text: 'The idea: ' }, { text: '<idea>a bakery</idea>', data: 'idea' }, { text: '\n\nWrite the goals.' }],
  },
  model: 'claude-test',
  output: 'markdown',
  words: { min: 50, target: 100, max: 200 },
  maxOutputTokens: 500,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  repair: null,
  prefix: null,
};
const prefix = { parts: 2, key: 'k' };

/** What the cache compares: the body up to the end of the block that is marked. */
function bytesBeforeMark(of: GenerateRequest): string {
  const { model, system, messages } = messageParams(of);
  const bytes = JSON.stringify({ model, system, messages });
  return bytes.slice(0, bytes.indexOf('"cache_control"'));
}

describe('messageParams', () => {
  it('is one block of system and one of user text where nothing is shared, without a mark', () => {
    expect(messageParams(request)).toEqual({
      model: 'claude-test',
      max_tokens: 500,
      stream: true,
      system: [{ type: 'text', text: 'You write plans.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'The idea: <idea>a bakery</idea>\n\nWrite the goals.' }] },
      ],
    });
  });

  it('marks the end of the shared beginning', () => {
    const { messages, system } = messageParams({ ...request, prefix });
    expect(system).toEqual([{ type: 'text', text: 'You write plans.' }]);
    expect(messages[0]?.content).toEqual([
      { type: 'text', text: 'The idea: <idea>a bakery</idea>', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: '\n\nWrite the goals.' },
    ]);
  });

  it('is the same to the byte up to the mark for siblings, and for a repair', () => {
    const first = { ...request, prefix };
    const { system, user } = request.prompt;
    const sibling: GenerateRequest = {
      ...first,
      prompt: { system, user: [...user.slice(0, 2), { text: 'Write the risks.' }] },
      maxOutputTokens: 900,
      title: 'Risks',
      sectionId: 'risks',
    };
    expect(bytesBeforeMark(first)).toContain('a bakery');
    expect(bytesBeforeMark(sibling)).toBe(bytesBeforeMark(first));
    expect(bytesBeforeMark({ ...first, repair: { code: 'truncated', detail: 'cut off' } })).toBe(
      bytesBeforeMark(first),
    );
    expect(messageParams(sibling)).not.toEqual(messageParams(first));
  });

  it('marks the system text where only that is shared', () => {
    const { messages, system } = messageParams({ ...request, prefix: { parts: 0, key: 'k' } });
    expect(system).toEqual([{ type: 'text', text: 'You write plans.', cache_control: { type: 'ephemeral' } }]);
    expect(messages[0]?.content).toHaveLength(1);
  });

  it('has no blank block: the API refuses them', () => {
    const user = [{ text: 'All of it.' }, { text: ' \n' }];
    const params = messageParams({ ...request, prompt: { system: [], user }, prefix: { parts: 1, key: 'k' } });
    expect(params).not.toHaveProperty('system');
    expect(params.messages[0]?.content).toEqual([
      { type: 'text', text: 'All of it.', cache_control: { type: 'ephemeral' } },
    ]);
  });

  it('asks for a task list by its schema, and for a section by none', () => {
    expect(messageParams({ ...request, output: 'tasks' }).output_config).toEqual({
      format: { type: 'json_schema', schema: tasksSchema() },
    });
    expect(messageParams(request)).not.toHaveProperty('output_config');
  });

  it("asks in keywords the SDK's own list of accepted ones knows", () => {
    // It moves what it does not accept into descriptions; the type of an enumeration, which may stay, it leaves out.
    expect(transformJSONSchema(tasksSchema())).toEqual(withoutTypeOfEnums(tasksSchema()));
  });
});

function withoutTypeOfEnums(schema: unknown): unknown {
  const drop = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && 'enum' in value ? { enum: value.enum } : value;
  return JSON.parse(JSON.stringify(schema, drop));
}
