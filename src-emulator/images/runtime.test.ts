import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createPipe, readAll } from './pipe.ts';
import { createContainerRuntime } from './runtime.ts';
import { nowhere, run, sh, testContainer } from './test-support.ts';

test('pid 1 ignores SIGTERM, others end with 128 and the number, SIGKILL ends everything', async () => {
  const container = testContainer();
  const other = container.exec(['sleep', '1000'], { stdout: nowhere });
  const another = container.exec(['sleep', '1000'], { stdout: nowhere });
  expect((await sh(container, `kill 1 ${other.pid}`)).status.code).toBe(0);
  expect(await other.exit).toEqual({ code: 143, signal: 'SIGTERM' });
  expect((await sh(container, 'cat /proc/1/comm')).stdout).toBe('sleep\n');
  container.kill();
  expect(await another.exit).toEqual({ code: 137, signal: 'SIGKILL' });
  expect(() => container.exec(['ls'], { stdout: nowhere })).toThrow('container is not running');
});

test('when pid 1 ends, so does everything in the container', async () => {
  const clock = new VirtualClock();
  const container = testContainer({ clock, command: ['sleep', '60'] });
  const inside = container.exec(['sh', '-c', 'sleep 1000'], { stdout: nowhere });
  await clock.advance(60_000);
  expect(await inside.exit).toEqual({ code: 137, signal: 'SIGKILL' });
});

test('a command that is not there is refused in the words of the real runtime', () => {
  const container = testContainer();
  expect(() => container.exec(['bash'], { stdout: nowhere })).toThrow(
    'exec: "bash": executable file not found in $PATH',
  );
  expect(() => container.exec(['/bin/nope'], { stdout: nowhere })).toThrow(
    'exec: "/bin/nope": stat /bin/nope: no such file or directory',
  );
  expect(() => container.exec(['/etc/passwd'], { stdout: nowhere })).toThrow(
    'exec: "/etc/passwd": permission denied',
  );
});

test('command replaces the entrypoint and drops the cmd, args replaces the cmd', async () => {
  const collect = async (options: { command?: string[]; args?: string[] }): Promise<string> => {
    const runtime = createContainerRuntime({
      clock: new VirtualClock(),
      extraImages: [
        {
          repository: 'example.com/echo', tag: 'v1', digest: 'sha256:0', sizeBytes: 1, entrypoint: ['/say', 'entry'], cmd: ['cmd'],
          env: {}, workingDir: '', files: {},
          programs: { '/say': async ({ argv, stdout }) => (await stdout.write(argv.join(' ')), 0) },
        },
      ],
    }); // prettier-ignore
    const image = runtime.images.lookup('example.com/echo:v1');
    if (image === undefined) throw new Error('no image');
    const out = createPipe();
    const container = runtime.createContainer({
      image, env: {}, hostname: 'h', mounts: [], clock: new VirtualClock(), ...options,
      network: { kind: 'pod', address: '10.0.0.1' } as never, resolve: () => Promise.resolve([]),
    }); // prettier-ignore
    container.start({ stdout: out.sink });
    return new TextDecoder().decode(await readAll(out.source));
  };
  expect(await collect({})).toBe('/say entry cmd');
  expect(await collect({ args: ['x'] })).toBe('/say entry x');
  expect(await collect({ command: ['/say'] })).toBe('/say');
});

test('input is streamed and a pipe that nobody reads ends its writer', async () => {
  const container = testContainer();
  const input = createPipe();
  const output = createPipe();
  const process = container.exec(['cat'], { stdin: input.source, stdout: output.sink });
  await input.sink.write('one');
  expect(new TextDecoder().decode(await output.source.read())).toBe('one');
  await input.sink.write('two');
  expect(new TextDecoder().decode(await output.source.read())).toBe('two');
  input.sink.end();
  expect(await process.exit).toEqual({ code: 0 });

  const endless = createPipe();
  const yes = container.exec(['yes'], { stdout: endless.sink });
  await endless.source.read();
  endless.source.cancel();
  expect(await yes.exit).toEqual({ code: 141, signal: 'SIGPIPE' });
});

test('an endless program does not keep others from running', async () => {
  const container = testContainer();
  const busy = container.exec(['sh', '-c', 'while true; do :; done'], { stdout: nowhere });
  const chatty = container.exec(['sh', '-c', 'yes >/dev/null'], { stdout: nowhere });
  expect((await run(container, ['echo', 'hi'])).stdout).toBe('hi\n');
  busy.signal('SIGTERM');
  chatty.signal('SIGKILL');
  expect((await busy.exit).code).toBe(143);
  expect((await chatty.exit).code).toBe(137);
});

test('references are completed as containerd completes them; unknown images and tags are not there', () => {
  const { images } = createContainerRuntime({ clock: new VirtualClock() });
  expect(images.lookup('nginx')?.repository).toBe('docker.io/library/nginx');
  expect(images.lookup('nginx')?.tag).toBe('latest');
  expect(images.lookup('docker.io/nginx:1.27')).toBe(images.lookup('nginx:1.27'));
  expect(images.lookup('curlimages/curl:8.10.1')?.repository).toBe('docker.io/curlimages/curl');
  expect(images.lookup('registry.k8s.io/e2e-test-images/agnhost:2.53')?.tag).toBe('2.53');
  const digest = images.lookup('nginx:1.27')?.digest ?? '';
  expect(images.lookup(`nginx@${digest}`)?.tag).toBe('1.27');
  expect(images.lookup('nginx:9.99')).toBeUndefined();
  expect(images.lookup('registry.k8s.io/e2e-test-images/agnhost')).toBeUndefined();
  expect(images.lookup('example.com/nginx:1.27')).toBeUndefined();
  expect(images.lookup('Not Valid')).toBeUndefined();
});

test('tags are those of real releases', () => {
  const { images } = createContainerRuntime({ clock: new VirtualClock() });
  for (const known of [
    'nginx:1.14.2',
    'nginx:1.27-alpine',
    'nginx:alpine',
    'redis:6',
    'redis:7.4.1-alpine',
    'postgres:15-alpine',
    'httpd',
    'busybox:1.28',
    'curlimages/curl:8.10.1',
    'traefik/whoami:v1.10.1',
    'luksa/kubia',
    'tutum/dnsutils',
    'radial/busyboxplus:curl',
    'k8s.gcr.io/e2e-test-images/agnhost:2.39',
  ])
    expect(images.lookup(known), known).toBeDefined();
  for (const unknown of [
    'nginx:1.161',
    'nginx:1.27.99',
    'nginx:1.27.01',
    'redis:7.99',
    'busybox:2',
    'luksa/kubia:v9',
    'traefik/whoami:1.10',
  ])
    expect(images.lookup(unknown), unknown).toBeUndefined();
  expect(images.references()).toContain('docker.io/library/busybox:1.36');
});
