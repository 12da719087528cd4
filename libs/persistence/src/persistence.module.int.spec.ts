import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { testDatabase } from '@planwright/testing';
import { openDatabase } from '../test/fixture.js';
import { Database, PersistenceModule } from './index.js';

@Injectable()
class Asker {
  constructor(readonly db: Database) {}
}

function appOn(url: string) {
  @Module({ imports: [PersistenceModule.forRoot({ url, poolSize: 2 })], providers: [Asker] })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

describe('PersistenceModule', () => {
  it('gives a connected database to whoever asks, and closes it with the application', async () => {
    const own = await openDatabase();
    const app = await appOn(own.url);
    const { db } = app.get(Asker);
    await db.ping();
    expect(await db.read.apiKey('0'.repeat(64))).toBeNull();
    await app.close();
    await expect(db.ping()).rejects.toThrow();
    await own.close();
  });

  it('fails at the first try with the sentence for the operator', async () => {
    const empty = await testDatabase();
    await expect(appOn(empty.url)).rejects.toThrow(`Database "${empty.name}" has no schema yet`);
    await empty.drop();
  });
});
