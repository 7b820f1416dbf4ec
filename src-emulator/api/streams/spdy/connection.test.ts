import { duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../clock.ts';
import { SpdyConnection, type SpdyStream } from './connection.ts';
import { HeaderReader, emptyHeaderBlock } from './headers.ts';
import { acceptSpdyStreams } from './remote-command.ts';

function control(type: number, flags: number, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(0x80030000 + type);
  header.writeUInt32BE(((flags << 24) | body.length) >>> 0, 4);
  return Buffer.concat([header, body]);
}
function data(id: number, flags: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(id);
  header.writeUInt32BE(((flags << 24) | text.length) >>> 0, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}
/** Header pairs in one stored deflate block after zlib's header, flushed. */
function headerBlock(pairs: Record<string, string>): Buffer {
  const number = (value: number): Buffer => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(value);
    return buffer;
  };
  const texts = Object.entries(pairs).flat();
  const plain = Buffer.concat([
    number(Object.keys(pairs).length),
    ...texts.flatMap((text) => [number(text.length), Buffer.from(text)]),
  ]);
  const stored = Buffer.from([0, plain.length, 0, ~plain.length & 0xff, 0xff]);
  return Buffer.concat([
    emptyHeaderBlock(true).subarray(0, 6),
    stored,
    plain,
    Buffer.from([0, 0, 0, 0xff, 0xff]),
  ]);
}
function synStream(id: number, pairs: Record<string, string>): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt32BE(id);
  return control(1, 0, Buffer.concat([fixed, headerBlock(pairs)]));
}

describe('SPDY', () => {
  it('shares its header dictionary with the other side', async () => {
    // zlib checks the dictionary against the checksum in the block.
    expect(await new HeaderReader().read(emptyHeaderBlock(true))).toEqual(new Map());
  });

  it('opens streams, credits and carries data both ways, echoes pings and says goodbye', async () => {
    const [client, server] = duplexPair();
    const opened = new Promise<SpdyStream>((resolve) => {
      const connection = new SpdyConnection(server, Buffer.alloc(0), (stream) => {
        resolve(stream);
        void stream.source.read().then(async (chunk) => {
          await stream.sink.write(`got ${Buffer.from(chunk ?? []).toString()}`);
          stream.sink.end();
          connection.close();
        });
      });
    });
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    const ended = new Promise((resolve) => client.on('end', resolve));
    client.write(control(6, 0, Buffer.from([0, 0, 0, 9])));
    const request = Buffer.concat([synStream(1, { StreamType: 'stdin', port: '80' }), data(1, 1, 'hello')]);
    // Frames may arrive in pieces.
    client.write(request.subarray(0, 20));
    client.write(request.subarray(20));
    const stream = await opened;
    expect(Object.fromEntries(stream.headers)).toEqual({ streamtype: 'stdin', port: '80' });
    await ended;

    const frames: string[] = [];
    for (let rest = Buffer.concat(received); rest.length >= 8;) {
      const length = rest.readUIntBE(5, 3);
      const isControl = ((rest[0] ?? 0) & 0x80) !== 0;
      frames.push(
        isControl ? `control ${rest.readUInt16BE(2)}` : `data ${rest.toString('utf8', 8, 8 + length)}`,
      );
      rest = rest.subarray(8 + length);
    }
    expect(frames).toEqual([
      'control 6',
      'control 2',
      'control 9',
      'control 9',
      'data got hello',
      'data ',
      'control 7',
    ]);
  });

  it('cuts off who asks for a command and never opens its streams', async () => {
    const clock = new VirtualClock();
    const [client, server] = duplexPair();
    const command = {
      action: 'exec' as const,
      pod: { namespace: 'default', name: 'p' },
      container: 'c',
      command: ['sh'],
      stdin: true,
      stdout: true,
      stderr: false,
      tty: false,
    };
    const accepted = acceptSpdyStreams(server, Buffer.alloc(0), command, clock).then(
      () => 'accepted',
      String,
    );
    client.write(synStream(1, { StreamType: 'error' }));
    await clock.advance(29_000);
    expect(server.destroyed).toBe(false);
    await clock.advance(1000);
    expect(await accepted).toBe('Error: connection closed');
    expect(server.destroyed).toBe(true);
  });
});
