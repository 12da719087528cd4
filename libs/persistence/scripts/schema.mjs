// Writes schema.sql from a database that has all migrations (--write), or compares it (--check).
// Works on the build, on the PostgreSQL at DATABASE_URL (default: the standard port of this machine), in a database of
// its own that it drops again: `npm run generate -w @planwright/persistence` builds first.
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '../dist/index.js';
import { dumpSchema } from '../dist/schema/dump.js';

const file = new URL('../schema.sql', import.meta.url);
const server = new URL(process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres');
const name = `pw_schema_${process.pid}_${Date.now().toString(36)}`;

async function on(url, work) {
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const own = new URL(server);
own.pathname = `/${name}`;
await on(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
try {
  await migrate(own.href);
  const text = await on(own, (client) => dumpSchema(async (sql) => (await client.query(sql)).rows));
  if (process.argv.includes('--write')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error('schema.sql is not what the migrations make; run "npm run generate -w @planwright/persistence".');
    process.exitCode = 1;
  }
} finally {
  await on(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
}
