import { describe, expect, it } from 'vitest';
import { PODS } from '../api/resources.ts';
import {
  cluster,
  kubelets,
  main,
  node,
  reference,
  run,
  seconds,
  useKubelets,
} from './testing/kubelet-fixture.ts';

useKubelets();

describe('the node proxy', () => {
  it('follows logs to the end, runs commands, and refuses in the kubelet’s words', async () => {
    run('web', main('web:1'));
    await seconds(1);
    const source = kubelets.nodeProxy.logs(reference('web'), {
      container: 'main',
      follow: true,
      previous: false,
      timestamps: false,
    });
    expect(new TextDecoder().decode(await source.read())).toBe('listening\n');
    cluster.api.delete(PODS, 'lab', 'web');
    const rest = source.read();
    await seconds(1);
    expect(await rest).toBeUndefined();
    const io = { stdout: { write: () => Promise.resolve(), end: () => undefined } };
    expect(() => kubelets.nodeProxy.exec(reference('web'), 'main', ['ls'], io)).toThrow(
      'container not found ("main")',
    );
    run('again', main('web:1'));
    await seconds(1);
    node.exitCodes.set('check', 7);
    const process = kubelets.nodeProxy.exec(reference('again'), 'main', ['check'], io);
    expect(await process.exit).toEqual({ code: 7 });
    expect(() =>
      kubelets.nodeProxy.logs(reference('again'), {
        container: 'main',
        follow: false,
        previous: true,
        timestamps: false,
      }),
    ).toThrow('previous terminated container "main" in pod "again" not found');
  });
});
