import type { Ask } from '@planwright/limits';
import { amountsOf, chargedFor, chargedForRefused, createRedisLimiter, PROFILES } from '@planwright/limits';
import { anthropicLimits, openAiLimits } from '@planwright/llm';
import type { ProfileName, Quotas } from '@planwright/limits';
import type { Admission, Quota as QuotaDouble } from '@planwright/testing';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { Redis } from 'ioredis';
import { Agenda } from './agenda.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';

/** A step of the simulation: what it will really use, and who wants it. */
export interface Step {
  readonly id: string;
  readonly workspaceId: string;
  readonly isInteractive: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
  readonly createdAt: number;
  attempt: number;
  parks: number;
}

export interface Scenario {
  profile: ProfileName;
  /** The provider. */
  double: QuotaDouble;
  quotas: Quotas;
  generators: number;
  slotsPerGenerator: number;
  seed: number;
  minutes: number;
  /** The first steps, and what follows on one that ended. */
  begin(world: World): Step[];
  next(ended: Step, world: World): Step | null;
  /** Other things that happen, by minute. */
  happens?: readonly { atMinute: number; act(world: World): Promise<void> | void }[];
}

/** What a scenario can use. */
export interface World {
  readonly random: Random;
  readonly now: () => number;
  step(workspaceId: string, isInteractive?: boolean): Step;
  add(step: Step): void;
  later(ms: number, act: () => void): void;
  /** Reservations there are. */
  reserved(): Promise<number>;
  /** Everything in Redis is lost. */
  flush(): Promise<void>;
  /** So many generators die with what they do. */
  kill(generators: number): void;
}

export interface Done {
  step: Step;
  grantedAt: number;
  endedAt: number;
}

export interface Outcome {
  done: Done[];
  parks: number;
  refusals: { at: number; kind: string }[];
  startedAt: number;
  endedAt: number;
  /** Steps told an instant that was over before they could be called, by how much, in ms. */
  waits: { reason: string; lateMs: number }[];
}

const EPOCH = 1_800_000_000_000;
const PULSE_MS = 500;
const IN_PLACE_MS = 500;
const RENEW_MS = 3_000;
/** A model that begins within half a second and writes a hundred tokens a second. */
const FIRST_TOKEN_MS = 400;
const TOKENS_PER_SECOND = 100;
const CHUNK_MS = 500;

/**
 * Generators on the real limiter, in Redis and with its own scripts, before a provider whose limits are enforced by the
 * quota double; only time is simulated. The engine between them is a model: a parked step is woken at its instant by a
 * pulse of half a second, or called up before it, and is back at a generator 30 to 120 ms later.
 */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const url = serviceAddresses().redis;
  const { prefix, deleteKeys } = testPrefix();
  const redis = new Redis(url);
  const clock = { key: `${prefix}clock` };
  const agenda = new Agenda(EPOCH);
  const random = createRandom(scenario.seed);
  const tick = async (now: number) => void (await redis.set(clock.key, now));
  await tick(EPOCH);
  const generators = Array.from({ length: scenario.generators }, (_, i) => ({
    limiter: createRedisLimiter({
      url,
      prefix,
      instance: `generator-${i}`,
      log: console,
      clock,
      commandTimeoutMs: 5_000,
    }),
    busy: 0,
    isDead: false,
    asks: new Map<string, Ask>(),
  }));
  type Generator = (typeof generators)[number];
  const profile = PROFILES[scenario.profile];
  const quotaNow = () => {
    const quota = scenario.quotas.of(scenario.profile, 'model');
    if (!quota) throw new Error(`${scenario.profile} has no limits`);
    return quota;
  };
  const limitsIn = (headers: Headers) =>
    scenario.profile === 'anthropic' ? anthropicLimits(headers, agenda.now) : openAiLimits(headers, profile);
  const outcome: Outcome = { done: [], parks: 0, refusals: [], startedAt: EPOCH, endedAt: 0, waits: [] };
  const ready: Step[] = [];
  const parked = new Map<string, { step: Step; wakeAt: number }>();
  let steps = 0;
  let meanOutput = 700;

  const world: World = {
    random,
    now: () => agenda.now,
    step(workspaceId, isInteractive = false) {
      const target = random.between(300, 1_100);
      const outputTokens = Math.round(target * random.between(0.6, 1.3));
      return {
        id: `step-${String(++steps).padStart(6, '0')}`,
        workspaceId,
        isInteractive,
        inputTokens: Math.round(random.between(1_200, 4_800)),
        outputTokens,
        maxOutputTokens: Math.round(target * 1.5),
        createdAt: agenda.now,
        attempt: 0,
        parks: 0,
      };
    },
    add(step) {
      ready.push(step);
      agenda.in(0, dispatch);
    },
    later: (ms, act) => agenda.in(ms, act),
    reserved: async () => {
      const views = await generators.at(-1)?.limiter.view();
      return (views ?? []).reduce((sum, { calls }) => sum + calls, 0);
    },
    async flush() {
      const now = await redis.get(clock.key);
      await deleteKeys();
      await redis.set(clock.key, now ?? agenda.now);
    },
    kill(count) {
      for (const generator of generators.filter(({ isDead }) => !isDead).slice(0, count)) generator.isDead = true;
    },
  };

  function dispatch(): void {
    for (;;) {
      const free = generators.find(({ busy, isDead }) => !isDead && busy < scenario.slotsPerGenerator);
      const step = free && ready.shift();
      if (!free || !step) return;
      free.busy++;
      step.attempt++;
      agenda.in(0, () => reserve(free, step, IN_PLACE_MS));
    }
  }

  function leave(generator: Generator): void {
    generator.busy--;
    agenda.in(0, dispatch);
  }

  function backIn(ms: number, step: Step): void {
    agenda.in(ms + random.between(30, 120), () => world.add(step));
  }

  async function reserve(generator: Generator, step: Step, leftMs: number): Promise<void> {
    if (generator.isDead) return;
    const estimate = {
      input: Math.round(step.inputTokens * random.between(0.93, 1.07)),
      output: Math.round(meanOutput),
      maxOutput: step.maxOutputTokens,
    };
    const quota = quotaNow();
    const ask: Ask = {
      id: `${step.id}/${step.attempt}`,
      stepId: step.id,
      bucket: quota.bucket,
      workspaceId: step.workspaceId,
      isInteractive: step.isInteractive,
      ...amountsOf(profile, estimate),
      terms: quota.terms,
      cost: 0,
      budget: null,
    };
    const answer = await generator.limiter.reserve(ask);
    if (answer.kind === 'granted') {
      generator.asks.set(ask.id, ask);
      return agenda.in(random.between(20, 60), () => arrive(generator, step, ask));
    }
    if (answer.kind !== 'wait')
      throw new Error(`the simulation asks for what cannot be had: ${JSON.stringify(answer)}`);
    if (answer.waitMs <= leftMs) {
      return agenda.in(answer.waitMs, () => reserve(generator, step, leftMs - answer.waitMs));
    }
    outcome.parks++;
    step.parks++;
    const wakeAt = agenda.now + answer.waitMs;
    parked.set(step.id, { step, wakeAt });
    leave(generator);
  }

  async function arrive(generator: Generator, step: Step, ask: Ask): Promise<void> {
    if (generator.isDead) return;
    const { inputTokens, maxOutputTokens } = step;
    const grantedAt = agenda.now;
    const admission = scenario.double.arrive(agenda.now, { inputTokens, maxOutputTokens, model: 'model' });
    if (!admission.ok) return agenda.in(30, () => refused(generator, step, ask, admission));
    agenda.in(30, () =>
      generator.limiter.observe(ask, scenario.quotas.learn(quotaNow(), limitsIn(new Headers(admission.headers)))),
    );
    const { callId } = admission;
    let written = 0;
    const write = async (): Promise<void> => {
      if (generator.isDead) return scenario.double.abort(agenda.now, callId);
      const piece = Math.min(step.outputTokens - written, (TOKENS_PER_SECOND * CHUNK_MS) / 1_000);
      scenario.double.produce(agenda.now, callId, piece);
      written += piece;
      if (written < step.outputTokens) return agenda.in(CHUNK_MS, write);
      scenario.double.finish(agenda.now, callId);
      meanOutput += (step.outputTokens - meanOutput) * 0.02;
      generator.asks.delete(ask.id);
      const usage = {
        ...{ input_tokens: inputTokens, output_tokens: step.outputTokens, estimated: false },
        ...{ cached_input_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0 },
      };
      await generator.limiter.settle(ask, { charged: chargedFor(profile, usage), cost: 0, health: 'good' });
      outcome.done.push({ step, grantedAt, endedAt: agenda.now });
      leave(generator);
      const next = scenario.next(step, world);
      if (next) world.add(next);
    };
    agenda.in(FIRST_TOKEN_MS, write);
  }

  async function refused(
    generator: Generator,
    step: Step,
    ask: Ask,
    { headers, kind }: Extract<Admission, { ok: false }>,
  ) {
    outcome.refusals.push({ at: agenda.now, kind });
    generator.asks.delete(ask.id);
    const named = Number(headers['retry-after-ms'] ?? Number(headers['retry-after'] ?? NaN) * 1_000);
    const ms = Number.isNaN(named) ? 5_000 : named;
    await generator.limiter.settle(ask, {
      charged: chargedForRefused(profile),
      cost: 0,
      health: 'unknown',
      pause: { code: 'rate_limited', ms, isRamp: kind === 'ramp' },
    });
    leave(generator);
    // As the engine has it: never before the instant that was named, and not before five seconds.
    backIn(Math.max(5_000, ms) * random.between(1, 1.2), step);
  }

  async function pulse(): Promise<void> {
    agenda.in(PULSE_MS, pulse);
    const living = generators.find(({ isDead }) => !isDead);
    if (!living) return;
    for (const id of await living.limiter.callable()) wake(id);
    for (const [id, { wakeAt }] of parked) if (wakeAt <= agenda.now) wake(id);
  }

  function wake(id: string): void {
    const found = parked.get(id);
    if (!found) return;
    parked.delete(id);
    outcome.waits.push({ reason: 'quota', lateMs: agenda.now - found.wakeAt });
    backIn(0, found.step);
  }

  async function renew(): Promise<void> {
    agenda.in(RENEW_MS, renew);
    for (const { limiter, asks, isDead } of generators)
      if (!isDead && asks.size > 0) await limiter.renew([...asks.values()]);
  }

  try {
    for (const step of scenario.begin(world)) ready.push(step);
    agenda.in(0, dispatch);
    agenda.in(0, pulse);
    agenda.in(0, renew);
    for (const { atMinute, act } of scenario.happens ?? []) agenda.in(atMinute * 60_000, () => act(world));
    await agenda.until(EPOCH + scenario.minutes * 60_000, tick);
    outcome.endedAt = agenda.now;
    return outcome;
  } finally {
    await Promise.all(generators.map(({ limiter }) => limiter.close()));
    await deleteKeys();
    redis.disconnect();
  }
}
