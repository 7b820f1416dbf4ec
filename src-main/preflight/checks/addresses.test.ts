import { expect, it } from 'vitest';
import type { Host } from '../../host/host.ts';
import { fakeFacts, read } from '../testing/facts.ts';
import { addressesCheck } from './addresses.ts';

const look = (system: Host['system'], networks: Record<string, string>) =>
  read(
    addressesCheck(
      fakeFacts({
        host: {
          system,
          interfaces: () =>
            Object.fromEntries(
              Object.entries(networks).map(([name, cidr]) => [
                name,
                [
                  { address: '', netmask: '', mac: '', internal: false, family: 'IPv4', cidr },
                  {
                    address: '',
                    netmask: '',
                    mac: '',
                    internal: false,
                    family: 'IPv6',
                    cidr: 'fe80::1/64',
                    scopeid: 2,
                  },
                ],
              ]),
            ),
        },
      }),
    ),
  );

it.each([
  ['at home', 'linux', { wlan0: '192.168.1.23/24' }],
  ['in a large office', 'linux', { eth0: '10.20.30.40/8' }],
  [
    'beside engines',
    'linux',
    { docker0: '172.17.0.1/16', 'br-54e5cb058fe2': '172.18.0.1/16', eth0: '192.0.2.2/24' },
  ],
  ['in WSL, behind Windows', 'wsl', { eth0: '172.29.112.5/20' }],
  ['on Windows, before WSL', 'windows', { 'vEthernet (WSL)': '172.29.112.1/20', 'Wi-Fi': '192.168.0.4/24' }],
  ['just below', 'linux', { tun0: '172.16.255.1/16' }],
  ['just above', 'linux', { tun0: '172.32.0.1/16' }],
] as const)('are free %s', async (_, system, networks) => {
  expect(await look(system, networks)).toMatchObject({ state: 'ok' });
});

it.each([
  ['linux', { tun0: '172.20.5.6/16' }, 'tun0 (172.20.5.6/16)'],
  ['macos', { utun4: '172.16.0.9/12' }, 'utun4 (172.16.0.9/12)'],
  ['linux', { wg0: '192.168.7.7/16' }, 'wg0 (192.168.7.7/16)'],
  ['wsl', { eth1: '172.31.0.4/20' }, 'eth1 (172.31.0.4/20)'],
  ['linux', { all: '1.2.3.4/0' }, 'all (1.2.3.4/0)'],
] as const)('are covered on %s by %o', async (system, networks, seen) => {
  const found = await look(system, networks);
  expect(found).toMatchObject({ state: 'warning', commands: ['docker network prune'] });
  expect(found?.seen).toContain(seen);
  expect(found?.fix).toContain('default-address-pools');
});
