import { beforeAll, describe, expect, it } from 'vitest';
import { loadSchemas, type Schemas } from '../schema/index.ts';
import { decodeProtobuf } from './decode.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await loadSchemas();
});

/** A length-delimited field. Lengths in these tests stay below 128. */
function bytes(number: number, ...contents: (string | Uint8Array)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([Buffer.of((number << 3) | 2, content.length), content]);
}
const varint = (number: number, value: number): Buffer => Buffer.of(number << 3, value);
function body(apiVersion: string, kind: string, ...fields: Buffer[]): Buffer {
  const type = bytes(1, bytes(1, apiVersion), bytes(2, kind));
  return Buffer.concat([Buffer.from('k8s\0'), type, bytes(2, ...fields)]);
}

describe('protobuf bodies', () => {
  it('gives a Service with its ports and selector', () => {
    const port = bytes(
      1,
      bytes(1, 'http'),
      bytes(2, 'TCP'),
      varint(3, 80),
      bytes(4, varint(1, 1), bytes(3, 'web')),
    );
    const selector = bytes(2, bytes(1, 'app'), bytes(2, 'web'));
    const metadata = bytes(1, bytes(1, 'web'), bytes(8));
    expect(decodeProtobuf(body('v1', 'Service', metadata, bytes(2, port, selector)), schemas)).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: {
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'web' }],
        selector: { app: 'web' },
      },
    });
  });

  it('gives bytes as base64', () => {
    const data = bytes(2, bytes(1, 'key'), bytes(2, 'value'));
    expect(decodeProtobuf(body('v1', 'Secret', data), schemas)).toMatchObject({ data: { key: 'dmFsdWU=' } });
  });

  it('puts the fields of an embedded struct where JSON has them', () => {
    const reference = bytes(3, bytes(1, bytes(1, 'settings')), bytes(2, 'colour'));
    const container = bytes(2, bytes(1, 'c'), bytes(7, bytes(1, 'COLOUR'), bytes(3, reference)));
    expect(decodeProtobuf(body('v1', 'Pod', bytes(2, container)), schemas)).toMatchObject({
      spec: {
        containers: [
          { env: [{ name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } }] },
        ],
      },
    });
  });

  it('gives the options of a deletion', () => {
    const options = body('policy/v1', 'DeleteOptions', varint(1, 5), bytes(4, 'Foreground'));
    expect(decodeProtobuf(options, schemas)).toMatchObject({
      gracePeriodSeconds: 5,
      propagationPolicy: 'Foreground',
    });
  });

  it('refuses what is not protobuf, and what breaks off', () => {
    expect(() => decodeProtobuf(Buffer.from('{}'), schemas)).toThrow(
      /does not appear to be a protobuf message/,
    );
    expect(() => decodeProtobuf(body('v1', 'Pod', Buffer.of(10, 5)), schemas)).toThrow(/unexpected EOF/);
  });
});
