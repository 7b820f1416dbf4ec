import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock.ts';
import { createServiceAccountKey } from '../credentials.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import type { Pod, ServiceAccount } from '../objects.ts';
import { PODS, SERVICE_ACCOUNTS } from '../resources.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const signingKey = createServiceAccountKey();
let clock: VirtualClock;
let api: ApiMachinery;
let tokens: ServiceAccountTokens;
let account: ServiceAccount;

beforeEach(() => {
  clock = new VirtualClock();
  api = createMachinery(clock, ['x']);
  tokens = new ServiceAccountTokens({ api, clock, signingKey });
  account = createAccount();
});

function createAccount(): ServiceAccount {
  return api.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: 'x', name: 'app' },
  });
}

function createPod(): Pod {
  return api.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'x', name: 'p' },
    spec: { serviceAccountName: 'app', containers: [{ name: 'c', image: 'x' }] },
    status: { phase: 'Pending' },
  });
}

describe('the token of a ServiceAccount', () => {
  it('tells who comes with it', () => {
    const token = tokens.issue(account, { expirationSeconds: 600 });
    expect(tokens.authenticate(token)).toEqual({
      user: {
        username: 'system:serviceaccount:x:app',
        uid: account.metadata.uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)],
        },
      },
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    });
  });

  it('is good for as long as was asked, and a minute for clocks that differ', async () => {
    const token = tokens.issue(account, { expirationSeconds: 600 });
    await clock.advance(659_000);
    expect(tokens.authenticate(token).user.username).toBe('system:serviceaccount:x:app');
    await clock.advance(3_000);
    expect(() => tokens.authenticate(token)).toThrow('service account token has expired');
  });

  it('is for those it was made for', () => {
    const token = tokens.issue(account, { expirationSeconds: 600, audiences: ['vault'] });
    expect(tokens.authenticate(token, ['vault', 'other']).audiences).toEqual(['vault']);
    expect(() => tokens.authenticate(token)).toThrow(
      'token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]',
    );
  });

  it('ends with the account, even when one of that name comes after', () => {
    const token = tokens.issue(account, { expirationSeconds: 600 });
    api.delete(SERVICE_ACCOUNTS, 'x', 'app');
    expect(() => tokens.authenticate(token)).toThrow('serviceaccounts "app" not found');
    createAccount();
    expect(() => tokens.authenticate(token)).toThrow(/^service account UID \(.*\) does not match claim/);
  });

  it('ends with the pod that it was made for', async () => {
    const pod = createPod();
    const token = tokens.tokenForPod({ pod, expirationSeconds: 3607 }) ?? '';
    await clock.advance(30 * 24 * 3600_000);
    expect(tokens.authenticate(token).user.extra).toMatchObject({
      'authentication.kubernetes.io/pod-name': ['p'],
      'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
    });
    api.delete(PODS, 'x', 'p', { gracePeriodSeconds: 0 });
    expect(() => tokens.authenticate(token)).toThrow('service account token has been invalidated');
  });

  it('cannot be made up', () => {
    const [header = '', , signature = ''] = tokens.issue(account, { expirationSeconds: 600 }).split('.');
    const claims = { sub: 'system:serviceaccount:kube-system:admin' };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(() => tokens.authenticate(`${header}.${forged}.${signature}`)).toThrow();
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(() => tokens.authenticate(`${none}.${forged}.`)).toThrow();
    const other = new ServiceAccountTokens({ api, clock, signingKey: createServiceAccountKey() });
    expect(() => tokens.authenticate(other.issue(account, { expirationSeconds: 600 }))).toThrow();
  });
});

describe('a pod that is created', () => {
  it('gets a volume with its token, the certificate authority and its namespace', () => {
    const { spec } = createPod();
    const [volume] = spec.volumes ?? [];
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(volume?.projected).toEqual({
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
        {
          downwardAPI: {
            items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }],
          },
        },
      ],
    });
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volume?.name, readOnly: true },
    ]);
  });

  it('gets none when its account says so', () => {
    api.mutate(SERVICE_ACCOUNTS, 'x', 'app', (draft) => {
      draft.automountServiceAccountToken = false;
    });
    expect(createPod().spec.volumes).toBeUndefined();
  });
});
