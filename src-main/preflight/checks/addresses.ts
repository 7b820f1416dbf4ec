import type { NetworkInterfaceInfo } from 'node:os';
import type { Host } from '../../host/host.ts';
import { knownAdvice } from '../../providers/failures/advice.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** Where engines take the networks of containers from (docs.docker.com/engine/network: default-address-pools). */
const USUAL = range('172.17.0.0', '172.31.255.255');
const RESERVE = range('192.168.0.0', '192.168.255.255');

/** Networks that engines and virtual machines have made themselves. */
const OF_ENGINES = /^(lo|docker|br-|veth|virbr|vmnet|vboxnet|bridge|podman|cni|nerdctl|vEthernet)/;

/**
 * No network of this machine covers the addresses that engines give to containers. A home network of 192.168
 * takes a small part of the reserve, and is no trouble.
 */
export function addressesCheck({
  tool,
  host,
  running,
}: Pick<ContainerFacts, 'tool' | 'host' | 'running'>): PreflightCheck {
  return {
    id: 'addresses',
    title: { en: 'Address ranges', ko: '주소 대역' },
    why: {
      en: 'The cluster’s network takes addresses of 172.17–172.31 or 192.168; where a VPN has them too, one of both is out of reach.',
      ko: '클러스터 네트워크는 172.17–172.31 또는 192.168 대역을 씁니다. VPN도 같은 대역을 쓰면 둘 중 하나에 접속할 수 없습니다.',
    },
    async look() {
      const covering = networksOf(host).filter(coversPools);
      if (covering.length === 0)
        return {
          state: 'ok',
          seen: {
            en: 'No other network uses the addresses that engines take.',
            ko: '엔진이 쓰는 주소 대역을 사용하는 다른 네트워크가 없습니다.',
          },
        };
      const names = covering.map(({ name, cidr }) => `${name} (${cidr})`).join(', ');
      return {
        state: 'warning',
        seen: {
          en: `Also in use on this machine: ${names}.`,
          ko: `이 컴퓨터에서 이미 쓰는 대역: ${names}.`,
        },
        fix: knownAdvice('address-pool-exhausted', {
          engine: (await running())?.info.engine ?? 'docker',
          tool: tool.id,
          cluster: '',
          system: host.system,
        }),
      };
    },
  };
}

interface Network extends Range {
  name: string;
  cidr: string;
}

interface Range {
  first: number;
  last: number;
}

function networksOf(host: Host): Network[] {
  return Object.entries(host.interfaces())
    .filter(([name]) => !OF_ENGINES.test(name) && !isNetOfWsl(name, host))
    .flatMap(([name, addresses = []]) => addresses.flatMap((address) => networkOf(name, address)));
}

/** WSL itself stands behind an address that Windows takes from the same range. */
function isNetOfWsl(name: string, { system }: Host): boolean {
  return system === 'wsl' && name === 'eth0';
}

function networkOf(name: string, { family, internal, cidr }: NetworkInterfaceInfo): Network[] {
  const [address = '', bits = ''] = cidr?.split('/') ?? [];
  if (family !== 'IPv4' || internal || cidr === null) return [];
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number(address) / size) * size;
  return [{ name, cidr, first, last: first + size - 1 }];
}

function coversPools({ first, last }: Range): boolean {
  const meetsUsual = first <= USUAL.last && last >= USUAL.first;
  const coversReserve = first <= RESERVE.first && last >= RESERVE.last;
  return meetsUsual || coversReserve;
}

function range(first: string, last: string): Range {
  return { first: number(first), last: number(last) };
}

/** An IPv4 address as a number. */
function number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
