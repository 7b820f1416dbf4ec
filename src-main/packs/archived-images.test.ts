import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Header } from 'tar';
import { describe, expect, it } from 'vitest';
import { archiveOf, fakeImage, fakeLayer, tarOf } from '../engine/testing/fake-engine.ts';
import { ArchivedImages } from './archived-images.ts';

const layers = [fakeLayer(3000), fakeLayer(200)];
const image = fakeImage(layers, 'arm64');

function read(archive: Buffer) {
  const images = new ArchivedImages();
  // In pieces that respect no boundary.
  for (let at = 0; at < archive.length; at += 333) images.add(archive.subarray(at, at + 333));
  return images.end();
}

describe('an archive of images', () => {
  const archive = archiveOf([{ image, name: 'nginx:1.27' }]);
  const seen = [
    {
      tags: ['docker.io/library/nginx:1.27'],
      architecture: 'arm64',
      layers: [expect.stringMatching(/^sha256:[0-9a-f]{64}$/), expect.anything()],
      bytes: 3200,
    },
  ];

  it('says what is in it, also when it is compressed as a whole', () => {
    expect(read(archive)).toEqual(seen);
    expect(read(gzipSync(archive))).toEqual(seen);
    expect(read(zstdCompressSync(archive))).toEqual(seen);
  });

  it('says nothing when it broke off, or is something else', () => {
    expect(read(archive.subarray(0, archive.length / 2))).toBeUndefined();
    expect(read(tarOf([['manifest.json', Buffer.from('[{"Config": "x", "Layers": []}]')]]))).toBeUndefined();
    expect(read(tarOf([['README', Buffer.from('hello')]]))).toBeUndefined();
    expect(read(Buffer.from('hello'))).toBeUndefined();
    expect(read(Buffer.alloc(0))).toBeUndefined();
  });

  it('finds a layer that another image brought, as docker before 25.0 links to it', () => {
    const link = Buffer.alloc(512);
    new Header({ path: 'two/layer.tar', type: 'SymbolicLink', linkpath: '../one/layer.tar' }).encode(link);
    const config = JSON.stringify({ architecture: 'amd64', rootfs: { diff_ids: ['sha256:1'] } });
    const manifest = ['one', 'two'].map((name) => ({
      Config: 'config.json',
      RepoTags: [`${name}:1`],
      Layers: [`${name}/layer.tar`],
    }));
    const rest = tarOf([
      ['one/layer.tar', fakeLayer(700)],
      ['config.json', Buffer.from(config)],
      ['manifest.json', Buffer.from(JSON.stringify(manifest))],
    ]);
    expect(read(Buffer.concat([link, rest]))?.map(({ bytes }) => bytes)).toEqual([700, 700]);
  });
});
