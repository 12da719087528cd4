import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Addresses of the page's screens: the page itself finds out what to show there. */
const SCREENS = ['/', '/projects', '/projects/*', '/usage', '/settings', '/settings/*'];
/** Of files whose names have a hash of their contents, and of all others. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASKED_AGAIN = 'no-cache';

/**
 * What the page may do: run its own scripts, and talk to this origin. Texts of models are shown in it, and whatever they
 * smuggle in can neither run nor be fetched; even a script of ours can make HTML of a text by the sanitiser alone.
 */
const POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'font', 'connect', 'manifest'].map((what) => `${what}-src 'self'`),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');
/** Nothing there is meant for people's eyes. */
const OF_PROGRAMS = /^\/(v1|assets)\//;
const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

/**
 * Serves the built workspace from `dir`: its assets, which carry hashes of their contents in their names, for ever, and the
 * page at every address it has a screen for. Files that were compressed at build are sent so. A browser that was led to an
 * address where nothing is gets the page with status 404, which says so and leads on; programs get a problem.
 */
export function serveWorkspace(fastify: FastifyInstance, dir: string): void {
  const assets = join(dir, 'assets', sep);
  void fastify.register(fastifyStatic, {
    root: dir,
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.startsWith(assets) ? FOR_EVER : ASKED_AGAIN);
    },
    globIgnore: ['**/*.map', '**/*.br', '**/*.gz', 'index.html'],
  });
  const page = (_request: FastifyRequest, reply: FastifyReply) => reply.headers(PAGE_HEADERS).sendFile('index.html');
  for (const path of SCREENS) fastify.get(path, page);
  fastify.addHook('onRequest', async (request, reply) => {
    const { is404, method, url, headers } = request;
    if (is404 && method === 'GET' && !OF_PROGRAMS.test(url) && headers.accept?.includes('text/html'))
      return page(request, reply.status(404));
  });
}
