// Loaded first into what startNode() starts: if the process that would pass signals on is killed outright, nobody else
// can end this one in an orderly way (it would keep its port and its database).
import { isMainThread } from 'node:worker_threads';

// Workers and forks inherit the flag that loads this file; it concerns only the direct child.
const parent = Number(new URL(import.meta.url).searchParams.get('parent'));

if (isMainThread && process.ppid === parent && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
