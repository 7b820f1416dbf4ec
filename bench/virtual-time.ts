import { VirtualClock } from '../src-emulator/clock.ts';
import { startCluster } from '#emulator/index.ts';
import { createKubeClient } from '#main/kube/client.ts';
import type { Pod } from '#main/kube/objects.ts';
import { type Figure, timed } from './figure.ts';

const STORY_MS = 60_000;
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'slow' };

/** Ready after 30 s by a file that the container makes, and no more after 45 s. */
const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: {name: slow}
spec:
  containers:
  - name: slow
    image: busybox:1.36
    command: [sh, -c, "sleep 30; touch /tmp/ready; sleep 15; rm /tmp/ready; sleep 1000"]
    readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1, failureThreshold: 1}
`;

/** A minute of a pod's life, its readiness coming and going, under virtual time. */
export async function benchVirtualTime(runs: number): Promise<Figure[]> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    const clock = new VirtualClock(Date.now());
    const cluster = await startCluster({ clock });
    const kube = createKubeClient(cluster.kubeconfig);
    await kube.apply(MANIFEST, { namespace: 'default' });
    const seen: boolean[] = [];
    const look = async (): Promise<void> => {
      const pod = await kube.get<Pod>(POD);
      seen.push(
        pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
      );
    };
    values.push(
      await timed(async () => {
        await clock.advance(20_000);
        await look();
        await clock.advance(20_000);
        await look();
        await clock.advance(STORY_MS - 40_000);
        await look();
      }),
    );
    if (seen.join() !== 'false,true,false') throw new Error(`the story went otherwise: ${seen.join()}`);
    await kube.close();
    await cluster.stop();
  }
  return [{ name: 'a readiness story of 60 s under virtual time', unit: 'ms', goal: '< 200', values }];
}
