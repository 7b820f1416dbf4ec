import { describe, expect, it } from 'vitest';

import type { Pod } from '../objects.ts';
import { summarizePod } from './pod-status.ts';
import { container, EARLIER, NOW, pod, RUNNING, terminated, waiting } from './testing/pods.ts';

const INIT = {
  initContainers: [
    { name: 'i', image: 'x' },
    { name: 'j', image: 'x' },
  ],
};
const SIDECAR = { initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always' }] };
const READY_CONDITION = [{ type: 'Ready', status: 'True' as const }];

describe('the STATUS of a pod', () => {
  it.each<[status: string, ready: string, restarts: string, of: Pod]>([
    ['Pending', '0/1', '0', pod({ phase: 'Pending' })],
    [
      'ContainerCreating',
      '0/1',
      '0',
      pod({ phase: 'Pending', containerStatuses: [container('c', waiting('ContainerCreating'))] }),
    ],
    ['Running', '1/1', '0', pod({ containerStatuses: [container('c', RUNNING, { ready: true })] })],
    ['Running', '0/1', '0', pod({ containerStatuses: [container('c', RUNNING)] })],
    [
      'ImagePullBackOff',
      '0/1',
      '0',
      pod({ phase: 'Pending', containerStatuses: [container('c', waiting('ImagePullBackOff'))] }),
    ],
    [
      'CrashLoopBackOff',
      '0/1',
      '2 (5s ago)',
      pod({
        containerStatuses: [
          container('c', waiting('CrashLoopBackOff'), { restartCount: 2, lastState: terminated(1, 'Error') }),
        ],
      }),
    ],
    ['Error', '0/1', '0', pod({ containerStatuses: [container('c', terminated(1, 'Error'))] })],
    ['OOMKilled', '0/1', '0', pod({ containerStatuses: [container('c', terminated(137, 'OOMKilled'))] })],
    ['ExitCode:3', '0/1', '0', pod({ containerStatuses: [container('c', terminated(3))] })],
    ['Signal:9', '0/1', '0', pod({ containerStatuses: [container('c', terminated(137, undefined, 9))] })],
    [
      'Completed',
      '0/1',
      '0',
      pod({ phase: 'Succeeded', containerStatuses: [container('c', terminated(0, 'Completed'))] }),
    ],
    [
      'NotReady',
      '1/2',
      '0',
      pod(
        {
          containerStatuses: [
            container('c', terminated(0, 'Completed')),
            container('d', RUNNING, { ready: true }),
          ],
        },
        {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'd', image: 'x' },
          ],
        },
      ),
    ],
    [
      'Running',
      '1/2',
      '0',
      pod(
        {
          conditions: READY_CONDITION,
          containerStatuses: [
            container('c', terminated(0, 'Completed')),
            container('d', RUNNING, { ready: true }),
          ],
        },
        {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'd', image: 'x' },
          ],
        },
      ),
    ],
    [
      'Init:0/2',
      '0/1',
      '0',
      pod({ phase: 'Pending', initContainerStatuses: [container('i', RUNNING)] }, INIT),
    ],
    [
      'Init:1/2',
      '0/1',
      '0',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            container('i', terminated(0, 'Completed')),
            container('j', waiting('PodInitializing')),
          ],
        },
        INIT,
      ),
    ],
    [
      'Init:Error',
      '0/1',
      '0',
      pod({ phase: 'Pending', initContainerStatuses: [container('i', terminated(1, 'Error'))] }, INIT),
    ],
    [
      'Init:ExitCode:2',
      '0/1',
      '0',
      pod({ phase: 'Pending', initContainerStatuses: [container('i', terminated(2))] }, INIT),
    ],
    [
      'Init:CrashLoopBackOff',
      '0/1',
      '3 (5s ago)',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            container('i', waiting('CrashLoopBackOff'), {
              restartCount: 3,
              lastState: terminated(1, 'Error'),
            }),
          ],
        },
        INIT,
      ),
    ],
    [
      'PodInitializing',
      '0/1',
      '0',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [container('i', terminated(0))],
          containerStatuses: [container('c', waiting('PodInitializing'))],
        },
        INIT,
      ),
    ],
    [
      'Running',
      '2/2',
      '0',
      pod(
        {
          initContainerStatuses: [container('s', RUNNING, { ready: true, started: true })],
          containerStatuses: [container('c', RUNNING, { ready: true })],
        },
        SIDECAR,
      ),
    ],
    [
      'Terminating',
      '1/1',
      '0',
      pod(
        { containerStatuses: [container('c', RUNNING, { ready: true })] },
        {},
        { deletionTimestamp: EARLIER },
      ),
    ],
    [
      'Completed',
      '0/1',
      '0',
      pod(
        { phase: 'Succeeded', containerStatuses: [container('c', terminated(0, 'Completed'))] },
        {},
        { deletionTimestamp: EARLIER },
      ),
    ],
    ['Unknown', '0/1', '0', pod({ reason: 'NodeLost' }, {}, { deletionTimestamp: EARLIER })],
    ['Evicted', '0/1', '0', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'SchedulingGated',
      '0/1',
      '0',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
    ],
  ])('%s with %s ready and %s restarts', (status, ready, restarts, of) => {
    expect(summarizePod(of, NOW)).toEqual({ status, ready, restarts });
  });
});
