/** Models that think before they write, unless told otherwise; what they think counts against the output limit. */
const THINKERS: readonly { provider: string; models: RegExp }[] = [
  { provider: 'anthropic', models: /^claude-(haiku|sonnet|opus|fable|mythos)-5/ },
  { provider: 'openai', models: /^(o\d|gpt-5)/ },
  // Behind Azure or a router: `openai/gpt-5-mini`.
  { provider: 'compatible', models: /^(openai\/|azure\/)?(o\d|gpt-5)/ },
];

/** Room to think, in tokens: a section thought about for longer than this is one nobody waits for. */
const ROOM_TO_THINK = 8_000;

/** What a call's output limit needs on top of the text it asks for. */
export function roomToThink(provider: string, model: string): number {
  return thinks(provider, model) ? ROOM_TO_THINK : 0;
}

/** Whether a model thinks before it writes. */
export function thinks(provider: string, model: string): boolean {
  return THINKERS.some((thinker) => thinker.provider === provider && thinker.models.test(model));
}
