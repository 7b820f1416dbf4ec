import { CAPABILITIES, type Capability, type ClusterCapabilities } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { unlessForbidden } from '../../kube/errors.ts';
import { DEPLOYMENT, NODE, SERVICE, type KubeObject } from '../../kube/objects.ts';
import { takesPods, type Node } from '../readiness.ts';

/** What the cluster shows of itself: undefined where the user may not look. */
interface Shown {
  nodes: Node[] | undefined;
  ingressClasses: KubeObject[] | undefined;
  services: KubeObject[] | undefined;
  deployments: KubeObject[] | undefined;
}

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';
/** The start of a node's `spec.providerID` where a cloud's controller gives Services their addresses. */
const CLOUDS =
  /^(aws|gce|azure|openstack|digitalocean|linode|vultr|hcloud|scaleway|exoscale|oci|ibm|alicloud|tencentcloud|huaweicloud|ncloud|vsphere|cloudstack|civo|ovh|upcloud):\/\//;
/** Programs that give Services of the type LoadBalancer their addresses, by their Deployment's name. */
const CONTROLLERS =
  /^(metallb-controller|metallb|purelb-allocator|openelb-controller|kube-vip-cloud-provider)$/;

/** Finds out what a cluster that somebody else made offers, and why the rest is taken for missing. */
export async function detectCapabilities(kube: Pick<KubeClient, 'list'>): Promise<ClusterCapabilities> {
  const look = <T extends KubeObject>(apiVersion: string, kind: string): Promise<T[] | undefined> =>
    unlessForbidden(kube.list<T>({ apiVersion, kind })).catch((error: unknown) => {
      if (error instanceof AppError && error.problem.code === 'kind-unknown') return [];
      throw error;
    });
  const [nodes, ingressClasses, services, deployments] = await Promise.all([
    look<Node>(NODE.apiVersion, NODE.kind),
    look('networking.k8s.io/v1', 'IngressClass'),
    look(SERVICE.apiVersion, SERVICE.kind),
    look(DEPLOYMENT.apiVersion, DEPLOYMENT.kind),
  ]);
  return capabilitiesOf({ nodes, ingressClasses, services, deployments });
}

export function capabilitiesOf(shown: Shown): ClusterCapabilities {
  // Somewhere the pods of labs will run, even if nobody may see where.
  const nodes = shown.nodes === undefined ? 1 : shown.nodes.filter(takesPods).length;
  const reasons: Record<Capability, LocalizedText | undefined> = {
    ingress: withoutIngress(shown),
    loadBalancer: withoutLoadBalancer(shown),
    hostPorts: {
      en: 'Nothing is known of ports of this machine that lead to its nodes.',
      ko: '이 컴퓨터의 포트가 노드로 이어지는지 알 수 없습니다.',
    },
    realSourceIp:
      nodes >= 2
        ? undefined
        : {
            en: 'It takes two nodes to tell whose address is seen.',
            ko: '누구의 주소가 보이는지 구별하려면 노드가 두 개 있어야 합니다.',
          },
  };
  const missing: ClusterCapabilities['missing'] = {};
  for (const capability of CAPABILITIES) {
    const reason = reasons[capability];
    if (reason !== undefined) missing[capability] = reason;
  }
  return { nodes, has: CAPABILITIES.filter((capability) => missing[capability] === undefined), missing };
}

const MAY_NOT_LOOK: LocalizedText = {
  en: 'You may not look whether it is there.',
  ko: '있는지 확인할 권한이 없습니다.',
};

/** Labs name no class: only a default one serves their Ingresses. */
function withoutIngress({ ingressClasses }: Shown): LocalizedText | undefined {
  if (ingressClasses === undefined) return MAY_NOT_LOOK;
  if (ingressClasses.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true'))
    return undefined;
  if (ingressClasses.length === 0) return { en: 'There is no IngressClass.', ko: 'IngressClass가 없습니다.' };
  const names = ingressClasses.map(({ metadata }) => metadata.name).join(', ');
  return {
    en: `None of its IngressClasses (${names}) is the default one.`,
    ko: `IngressClass(${names}) 중에 기본 클래스가 없습니다.`,
  };
}

/** An address that a Service already has is proof; a cloud's node, or a known controller, is as good as that. */
function withoutLoadBalancer({ nodes, services, deployments }: Shown): LocalizedText | undefined {
  const addressed = (services ?? []).some((service) => {
    const status = service['status'] as { loadBalancer?: { ingress?: unknown[] | null } } | undefined;
    return (status?.loadBalancer?.ingress ?? []).length > 0;
  });
  const clouded = (nodes ?? []).some(({ spec }) => CLOUDS.test(spec?.providerID ?? ''));
  const controlled = (deployments ?? []).some(({ metadata }) => CONTROLLERS.test(metadata.name));
  if (addressed || clouded || controlled) return undefined;
  if (services === undefined) return MAY_NOT_LOOK;
  return {
    en: 'No Service has got an address from a load balancer, and no controller is known that would give one.',
    ko: '로드 밸런서 주소를 받은 서비스가 없고, 주소를 줄 만한 컨트롤러도 보이지 않습니다.',
  };
}
