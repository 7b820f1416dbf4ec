import { VirtualClock } from '../../clock.ts';
import { expect, test } from 'vitest';
import { nodePrograms } from '../catalog/toolboxes.ts';
import { createContainerRuntime } from '../runtime.ts';
import { sh, testContainer } from '../test-support.ts';

test("chroot /host runs the machine's programs among the machine's files", async () => {
  const host = createContainerRuntime({ clock: new VirtualClock() }).createVolume(
    { '/etc/os-release': 'NAME="Emulated node"\n', '/bin/empty': '' },
    nodePrograms(),
  );
  host.symlink('/etc/os-release', '/release');
  const container = testContainer({
    image: 'busybox:1.36',
    mounts: [{ path: '/host', source: host, sourcePath: '/', readOnly: false }],
  });
  const { stdout } = await sh(
    container,
    "chroot /host bash -c 'cat /etc/os-release; head -c 4 /release; pwd;'",
  );
  expect(stdout).toBe('NAME="Emulated node"\nNAME/\n');
  expect((await sh(container, "chroot /host sh -c 'echo x > /tmp.txt'; cat /host/tmp.txt")).stdout).toBe(
    'x\n',
  );
  expect(await sh(container, 'chroot /host nosuch')).toMatchObject({
    stderr: "chroot: can't execute 'nosuch': No such file or directory\n",
    status: { code: 127 },
  });
  expect((await sh(container, 'chroot /nope sh')).status.code).toBe(1);
});
