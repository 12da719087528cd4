import { readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { addressPolicy, webhookFields } from './config.js';

const read = (PLANWRIGHT_WEBHOOK_NETWORKS?: string) =>
  readConfig(z.object(webhookFields), { ...(PLANWRIGHT_WEBHOOK_NETWORKS && { PLANWRIGHT_WEBHOOK_NETWORKS }) });

it('with keys only the public internet is reached, and the networks that are named', () => {
  const closed = addressPolicy('required', read());
  expect([closed.plainHttp, closed.localNames, closed.allows('10.20.0.1'), closed.allows('127.0.0.1')]).toEqual([
    ...[false, false, false, false],
  ]);
  const named = addressPolicy('required', read('10.20.0.0/16, fd00:20::/32'));
  expect(['10.20.9.9', 'fd00:20::1', '8.8.8.8'].map(named.allows)).toEqual([true, true, true]);
  expect(['10.21.0.1', '127.0.0.1', '169.254.169.254'].map(named.allows)).toEqual([false, false, false]);
  expect([named.plainHttp, named.localNames]).toEqual([false, false]);
});

it('without keys this machine is reached, too', () => {
  const open = addressPolicy('off', read());
  expect([open.plainHttp, open.localNames, open.allows('127.0.0.1')]).toEqual([true, true, true]);
});

it.each(['10.20.0.0', '10.20.0.0/33', 'x', 'example.com/8', '10.0.0.0/8;fd00::/8'])(
  'refuses %s at the start',
  (text) => {
    expect(() => read(text)).toThrow('PLANWRIGHT_WEBHOOK_NETWORKS must be networks such as 10.20.0.0/16');
  },
);
