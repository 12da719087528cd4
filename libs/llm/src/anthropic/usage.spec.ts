import { createUsageMeter } from './usage.js';

describe('a usage meter', () => {
  it('counts cached input as input, and keeps what a later event leaves out', () => {
    const meter = createUsageMeter();
    meter.report({
      input_tokens: 100,
      cache_creation_input_tokens: 2000,
      cache_read_input_tokens: 300,
      output_tokens: 1,
    });
    meter.report({ input_tokens: null, output_tokens: 250, output_tokens_details: { thinking_tokens: 40 } });
    expect(meter.read()).toEqual({
      input_tokens: 2400,
      output_tokens: 250,
      cached_input_tokens: 300,
      cache_write_tokens: 2000,
      reasoning_tokens: 40,
      estimated: false,
    });
  });

  it('takes totals as totals, not as additions', () => {
    const meter = createUsageMeter();
    for (const output_tokens of [1, 10, 25]) meter.report({ input_tokens: 7, output_tokens });
    expect(meter.read()).toMatchObject({ input_tokens: 7, output_tokens: 25 });
  });

  it('has read nothing before something is reported', () => {
    const meter = createUsageMeter();
    meter.report(undefined);
    meter.report({ output_tokens_details: null });
    expect(meter.read()).toBeNull();
  });

  it('takes no number that is no count', () => {
    const meter = createUsageMeter();
    meter.report({ input_tokens: 5, output_tokens: -1, cache_read_input_tokens: 0.5 });
    expect(meter.read()).toMatchObject({ input_tokens: 5, output_tokens: 0, cached_input_tokens: 0 });
  });
});
