import type { Exception } from './suite/comparison.ts';

/** Differences with one reason. */
export interface ExceptionTopic {
  readonly title: string;
  /** Why it is so, for people who know Kubernetes. */
  readonly reason: string;
  readonly exceptions: readonly Exception[];
}

const STRANGER =
  '| Back-off pulling image "example.com/not/here:1": ErrImagePull: failed to pull and unpack image ' +
  '"example.com/not/here:1": failed to resolve reference "example.com/not/here:1": ';

/** All that the emulated cluster answers otherwise than Kubernetes does, on purpose. docs/emulated-and-real.md is made of it. */
export const EXCEPTIONS: readonly ExceptionTopic[] = [
  {
    title: 'Names of the world outside',
    reason:
      'The cluster that was recorded has no internet: its DNS server fails for names outside of the cluster. The ' +
      'emulated one answers for a small internet of its own, and says of any other name that it is not there, as a ' +
      'cluster with a connection does.',
    exceptions: [
      {
        scenario: 'dns',
        commands: ['nowhere.invalid', '-x <ask-ip>', '-x 10.96.77.78'].map(
          (question) =>
            `kubectl exec ask -- sh -c 'dig ${question} | grep -oE "status: [A-Z]+|flags: [a-z ]+;|ANSWER: [0-9]+"'`,
        ),
        real: ['| status: SERVFAIL', '| flags: qr rd;'],
        emulated: ['| status: NXDOMAIN', '| flags: qr rd ra;'],
      },
    ],
  },
  {
    title: 'Images that are not there',
    reason:
      'The cluster that was recorded could not reach the registry that such an image would come from. The emulated ' +
      'one answers as a registry without the image does, and says in addition which images it can run.',
    exceptions: [
      {
        scenario: 'pod-life',
        commands: [
          'kubectl get pod stranger -o jsonpath={.status.containerStatuses[0].state.waiting.message}',
        ],
        real: [
          `${STRANGER}failed to do request: Head "https://example.com/v2/not/here/manifests/1": dial tcp: lookup example.com on 172.18.0.1:53: read udp <worker-ip>:<port>->172.18.0.1:53: i/o timeout`,
        ],
        emulated: [
          `${STRANGER}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed (the emulated cluster has no registry behind it; it can run <images>)`,
        ],
      },
    ],
  },
];
