import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { launchBrowser, onPage } from './browser.js';
import { barriers } from './web/axe.js';
import { reach } from './web/keyboard.js';

const PAGE =
  '<!doctype html><html lang="en"><title>A page</title><h1>A page</h1><a href="/">Home</a><a href="/b">B</a>';
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self' *; require-trusted-types-for 'script'";

let server: Server;
let browser: Browser;
let baseURL: string;
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === '/favicon.ico') return response.writeHead(204).end();
    return response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY }).end(PAGE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

/** Runs this in the page, and goes on once it has told what it did. */
const running = (script: string, mayLog: RegExp[] = []) =>
  onPage(browser, { baseURL, mayLog }, async (page) => {
    await page.goto('/');
    await page.evaluate(script);
    await page.evaluate('new Promise((done) => setTimeout(done, 100))');
  });

it('a page that does nothing wrong is fine', async () => {
  await running('1 + 1');
});

it.each([
  ['logs an error', `console.error('went wrong')`, 'logged went wrong'],
  ['throws', `void setTimeout(() => { throw new Error('nobody caught it') }, 0)`, 'nobody caught it'],
  ['asks another origin', `void fetch('http://127.0.0.1:9/').catch(() => {})`, 'asked http://127.0.0.1:9/'],
  ['opens a socket elsewhere', `void new WebSocket('ws://127.0.0.1:9/')`, 'asked ws://127.0.0.1:9/'],
  [
    'breaks its policy',
    `document.body.append(Object.assign(document.createElement('img'), { src: '/x.png' }))`,
    'Content Security',
  ],
])('one that %s fails its test', async (_what, script, said) => {
  await expect(running(script)).rejects.toThrow(said);
});

it('an error that belongs to the story is none', async () => {
  await running(`console.error('went wrong')`, [/went wrong/]);
});

it('what fails is told together with what the page did', async () => {
  const work = onPage(browser, { baseURL }, async (page) => {
    await page.goto('/');
    await page.evaluate(`console.error('the reason')`);
    throw new Error('not found');
  });
  await expect(work).rejects.toThrow(/not found[^]*the reason/);
});

it('finds barriers, and the way of the Tab key', async () => {
  await onPage(browser, { baseURL }, async (page) => {
    await page.goto('/');
    expect(await barriers(page)).toEqual([]);
    await page.evaluate(`document.body.append(document.createElement('button'))`);
    expect(await barriers(page)).toEqual([expect.stringMatching(/^button-name: /)]);
    await reach(page, page.locator('a[href="/b"]'));
    await expect(reach(page, page.locator('h1'))).rejects.toThrow('but to: ');
  });
});
