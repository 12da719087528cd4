import { mkdir, mkdtemp, readlink, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findBinaries, makeLinks } from './binaries.js';

test('a link that npm could not bring is made again', async () => {
  const link = join(dirname((await findBinaries()).postgres), '..', 'lib', 'libecpg.so'); // nothing here loads this one
  await unlink(link);
  await findBinaries();
  expect(await readlink(link)).toMatch(/^libecpg\.so\.\d/);
});

test('where packages cannot be written, the sentence names the link', async () => {
  const packageDir = await mkdtemp(join(tmpdir(), 'pw-links-'));
  try {
    await mkdir(join(packageDir, 'native'));
    await symlink('/sys', join(packageDir, 'native', 'lib')); // nobody makes links in there, root neither
    const links = [{ source: 'native/lib/liba.so.1', target: 'native/lib/liba.so' }];
    await writeFile(join(packageDir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    await expect(makeLinks(packageDir)).rejects.toThrow(
      `The embedded PostgreSQL lacks the link ${join(packageDir, 'native/lib/liba.so')}, and it cannot be made (`,
    );
  } finally {
    await rm(packageDir, { recursive: true });
  }
});
