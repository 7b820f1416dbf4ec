import { BlockList, isIP } from 'node:net';
import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { POD, type Pod } from '#main/kube/objects.ts';
import { aimAt, aimText, urlOf, type Aim } from './destinations.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { assess, failed, passed, unable, unreachedFromHost, type FailDetails } from './judgements.ts';
import { readNodes } from './nodes.ts';
import { httpFailure, sendHttp, type HttpSeen } from '#main/probes/http.ts';
import { serviceEvidence } from '#main/doctor/service-state.ts';
import type { Checker } from './types.ts';
import { fromText, vantageOf } from './vantage.ts';

type Spec = CheckSpecOf<'source-ip'>;

/** Whose an address is that a server sees. */
export type SourceKind = 'client' | 'node' | 'pod' | 'outside';

export interface AddressBook {
  /** Of the pod, or of the node, that asks. None from this machine. */
  client: string[];
  nodes: { addresses: string[]; podCidr: string | undefined }[];
  pods: string[];
}

export interface SourceIpSeen {
  aim: Aim;
  answers: { response: HttpSeen; certain: boolean }[];
  book: AddressBook;
  at: number;
}

/** The address from which a server sees a request come. */
export const sourceIpChecker: Checker<'source-ip', SourceIpSeen> = {
  async probe(check, context) {
    const { kube } = context;
    const from = await vantageOf(check.from, context);
    const aim = await aimAt(check, from, context);
    const [nodes, lists] = await Promise.all([
      readNodes(kube),
      Promise.all(context.namespaces.map((namespace) => kube.list<Pod>(POD, { namespace }))),
    ]);
    // A pod in a node's network has the node's addresses.
    const own =
      from.pod?.spec.hostNetwork === true
        ? nodes.find(({ name }) => name === from.pod?.spec.nodeName)
        : undefined;
    const book: AddressBook = {
      client: own?.addresses ?? (from.pod?.status?.podIPs ?? []).map(({ ip }) => ip),
      nodes,
      pods: lists
        .flat()
        .filter(({ spec }) => spec.hostNetwork !== true)
        .flatMap(({ status }) => status?.podIP ?? []),
    };
    const absent = aim.state !== undefined && aim.state.service === undefined;
    const answers: SourceIpSeen['answers'] = [];
    for (const destination of absent ? [] : aim.destinations) {
      const url = urlOf(destination.path === '/' ? { ...destination, path: '/clientip' } : destination);
      const via = destination.via === undefined ? {} : { via: destination.via };
      const response = await sendHttp(kube, from.origin, { url, ...via, timeoutSeconds: check.timeout });
      answers.push({ response, certain: destination.certain });
    }
    return { aim, answers, book, at: context.clock.now() };
  },

  judge(check, { aim, answers, book, at }) {
    const expected = expectation(check);
    const broken =
      aim.problem ?? (aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port));
    if (answers.length === 0) {
      const evidence = aim.state === undefined ? [] : [serviceEvidence(aim.state, at)];
      return broken === undefined
        ? unable({ en: 'No request was sent.', ko: '요청을 보내지 않았습니다.' }, evidence)
        : failed({ expected, ...broken, evidence });
    }
    const evidence = answers.map(({ response }) => response.evidence);
    if (answers.some(({ response, certain }) => !certain && httpFailure(response) === 'timeout'))
      return unreachedFromHost(aimText(check), evidence);
    const parts = answers.map(({ response }): FailDetails | undefined => {
      const address = addressIn(response.body);
      if (httpFailure(response) !== 'none' || address === undefined) {
        const words = response.error || `HTTP ${String(response.status)} ${response.body.slice(0, 100)}`;
        const cause = broken ?? { actual: { en: words, ko: words }, finding: 'no-address-told' };
        return { expected, ...cause, evidence };
      }
      const kind = kindOf(address, book);
      if (kind === check.expect.address) return undefined;
      return {
        expected,
        actual: actualText(address, kind),
        why: WHY[check.expect.address],
        finding: `source-is-${kind}`,
        evidence,
      };
    });
    const address = addressIn(answers[0]?.response.body ?? '') ?? '';
    return assess(check.partial, parts, passed(expected, { en: address, ko: address }, evidence));
  },
};

/** The address in an answer like `10.244.1.7:41234`. */
export function addressIn(body: string): string | undefined {
  const text = body.trim();
  const address =
    /^\[([0-9a-f:]+)\](?::\d+)?$/i.exec(text)?.[1] ?? /^([\d.]+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  return isIP(address) === 0 ? undefined : address.replace(/^::ffff:/i, '');
}

/**
 * Whose an address is. What a node sends on its own account into the pods' network carries an address of that
 * network that no pod has: the node's end of it.
 */
export function kindOf(address: string, { client, nodes, pods }: AddressBook): SourceKind {
  if (client.includes(address)) return 'client';
  if (nodes.some(({ addresses }) => addresses.includes(address))) return 'node';
  if (pods.includes(address)) return 'pod';
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const network = new BlockList();
  for (const { podCidr } of nodes) {
    const [base = '', length = ''] = (podCidr ?? '').split('/');
    if (isIP(base) !== 0) network.addSubnet(base, Number(length), isIP(base) === 6 ? 'ipv6' : 'ipv4');
  }
  return network.check(address, family) ? 'node' : 'outside';
}

function actualText(address: string, kind: SourceKind): LocalizedText {
  switch (kind) {
    case 'client':
      return {
        en: `The server sees the client’s own address, ${address}`,
        ko: `서버가 클라이언트 자신의 주소 ${address}을(를) 봅니다`,
      };
    case 'node':
      return {
        en: `The server sees the address of a node, ${address}`,
        ko: `서버가 노드의 주소 ${address}을(를) 봅니다`,
      };
    case 'pod':
      return {
        en: `The server sees the address of another pod, ${address}`,
        ko: `서버가 다른 파드의 주소 ${address}을(를) 봅니다`,
      };
    case 'outside':
      return {
        en: `The server sees ${address}, which is neither a node nor a pod`,
        ko: `서버가 노드도 파드도 아닌 주소 ${address}을(를) 봅니다`,
      };
  }
}

const WHY: Record<Spec['expect']['address'], LocalizedText> = {
  client: {
    en: 'Inside the cluster a Service changes only the destination: the server sees who asks. On the way through a NodePort the source is replaced, too, unless externalTrafficPolicy is Local.',
    ko: '클러스터 안에서 서비스는 목적지 주소만 바꾸므로 서버가 실제 클라이언트 주소를 봅니다. NodePort를 거치면 externalTrafficPolicy가 Local이 아닌 한 출발지 주소도 바뀝니다.',
  },
  node: {
    en: 'With externalTrafficPolicy: Cluster the node that takes the request puts its own address in place of the client’s, so that the answer comes back through it.',
    ko: 'externalTrafficPolicy: Cluster에서는 요청을 받은 노드가 응답이 자신을 거쳐 돌아오도록 클라이언트 주소를 자신의 주소로 바꿉니다.',
  },
  outside: {
    en: 'Only externalTrafficPolicy: Local keeps the address of a client outside: the request stays on the node that takes it.',
    ko: 'externalTrafficPolicy: Local일 때만 외부 클라이언트의 주소가 유지됩니다. 요청을 받은 노드 안에서만 처리하기 때문입니다.',
  },
};

const NAMES: Record<Spec['expect']['address'], LocalizedText> = {
  client: { en: 'the client’s own address', ko: '클라이언트 자신의 주소' },
  node: { en: 'the address of a node', ko: '노드의 주소' },
  outside: { en: 'an address outside the cluster', ko: '클러스터 바깥의 주소' },
};

function expectation(check: Spec): LocalizedText {
  const aim = aimText(check);
  const from = fromText(check.from);
  const name = NAMES[check.expect.address];
  return {
    en: `A request to ${aim.en}${from.en} is seen to come from ${name.en}`,
    ko: `${aim.ko}에 보낸 요청${from.ko}의 출발지가 서버에는 ${name.ko}(으)로 보임`,
  };
}
