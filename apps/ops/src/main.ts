import 'reflect-metadata';
import { runOps } from './ops.js';

const { stdout, stderr } = process;
// Who reads along may go (`| head`).
for (const stream of [stdout, stderr]) stream.on('error', () => undefined);

process.exitCode = await runOps(process.argv.slice(2), {
  env: process.env,
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
});

// A server that never answered must not keep a finished command from ending.
setTimeout(() => process.exit(), 2_000).unref();
