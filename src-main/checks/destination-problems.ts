import type { PodsWith } from '#shared/lab-basics.ts';
import { labelsText, type KubeObject, type Service } from '#main/kube/objects.ts';
import type { Diagnosis } from '#main/doctor/diagnosis.ts';
import { valueAt } from './object-values.ts';
import type { ServiceState } from '#main/doctor/service-state.ts';

/** Why there is nothing that a check could connect to. */

export function noNodePort({ name, service }: ServiceState): Diagnosis {
  const type = service?.spec.type ?? 'ClusterIP';
  return {
    finding: 'no-node-port',
    brokenHop: 'service',
    actual: {
      en: `Service ${name} is of type ${type} and has no NodePort`,
      ko: `서비스 ${name}의 유형은 ${type}(이)고 NodePort가 없습니다`,
    },
    why: {
      en: 'Only Services of type NodePort and LoadBalancer open a port on every node. A ClusterIP is known inside the cluster alone.',
      ko: 'NodePort와 LoadBalancer 유형의 서비스만 모든 노드에 포트를 엽니다. ClusterIP는 클러스터 안에서만 통합니다.',
    },
  };
}

export function loadBalancerPending({ name, service }: ServiceState): Diagnosis {
  const type = service?.spec.type ?? 'ClusterIP';
  if (type !== 'LoadBalancer')
    return {
      finding: 'not-a-load-balancer',
      brokenHop: 'service',
      actual: {
        en: `Service ${name} is of type ${type}, so nobody gives it an external address`,
        ko: `서비스 ${name}의 유형이 ${type}이어서 외부 주소가 할당되지 않습니다`,
      },
      why: {
        en: 'An external address is given to Services of type LoadBalancer only.',
        ko: '외부 주소는 LoadBalancer 유형의 서비스에만 할당됩니다.',
      },
    };
  return {
    finding: 'load-balancer-pending',
    brokenHop: 'service',
    actual: {
      en: `Service ${name} has no external address yet: EXTERNAL-IP is <pending>`,
      ko: `서비스 ${name}에 아직 외부 주소가 없습니다. EXTERNAL-IP가 <pending>입니다`,
    },
    why: {
      en: 'Kubernetes brings no load balancer of its own: something in the cluster or the cloud has to assign the address.',
      ko: '쿠버네티스에는 로드밸런서 구현이 들어 있지 않습니다. 클러스터나 클라우드의 무언가가 주소를 할당해 주어야 합니다.',
    },
  };
}

/** The address that a load balancer gave, or the name. */
export function loadBalancerAddress(object: Service | KubeObject): string | undefined {
  const given = valueAt(object, 'status.loadBalancer.ingress[0]') as
    { ip?: string; hostname?: string } | undefined;
  return given?.ip ?? given?.hostname;
}

export function podsMissing({ namespace, labels }: PodsWith): Diagnosis {
  return {
    finding: 'pods-not-ready',
    brokenHop: 'pod',
    actual: {
      en: `No ready pod in ${namespace} has ${labelsText(labels)}`,
      ko: `${namespace}에 ${labelsText(labels)} 레이블을 가진 준비된 파드가 없습니다`,
    },
    why: {
      en: 'A pod has an address as soon as it runs, and is ready when its probes succeed: kubectl get pods -o wide.',
      ko: '파드는 실행되면 주소를 얻고, 프로브가 성공하면 준비(Ready) 상태가 됩니다. kubectl get pods -o wide로 확인하세요.',
    },
  };
}
