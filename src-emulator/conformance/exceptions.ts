import type { Exception } from './suite/comparison.ts';

/** Differences with one reason. */
export interface ExceptionTopic {
  readonly title: string;
  /** Why it is so, for people who know Kubernetes. */
  readonly reason: string;
  readonly exceptions: readonly Exception[];
}

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
];
