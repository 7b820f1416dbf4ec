import { AppError } from '#shared/app-error.ts';

/** How much each namespace of a learner may take. */
export interface Limits {
  pods: number;
  /** Thousandths of a core, of all pods together at most. */
  milliCpu: number;
  /** Bytes, of all pods together at most. */
  memoryBytes: number;
}

const MEBI = 2 ** 20;

/** Room for the largest step of a lab, with a rolling update under way. */
export const DEFAULT_LIMITS: Limits = { pods: 16, milliCpu: 4000, memoryBytes: 2048 * MEBI };

/** Pods of labs wait most of the time: what they may take is more than what is set aside for them on a node. */
const CPU_OVERCOMMIT = 25;
const MEMORY_OVERCOMMIT = 8;

/** What a container gets that says nothing of itself: as many of them as there may be pods fit into the quota. */
export function containerDefaults({ pods, milliCpu, memoryBytes }: Limits): {
  limit: { cpu: string; memory: string };
  request: { cpu: string; memory: string };
} {
  const cpu = milliCpu / pods;
  const memory = memoryBytes / pods / MEBI;
  return {
    limit: { cpu: cpuText(cpu), memory: memoryText(memory) },
    request: { cpu: cpuText(cpu / CPU_OVERCOMMIT), memory: memoryText(memory / MEMORY_OVERCOMMIT) },
  };
}

/** `hard` of the ResourceQuota: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export function quotaOf(limits: Limits, loadBalancers: number): Record<string, string> {
  const { pods, milliCpu, memoryBytes } = limits;
  return {
    pods: String(pods),
    'limits.cpu': cpuText(milliCpu),
    'limits.memory': memoryText(memoryBytes / MEBI),
    'requests.cpu': cpuText(milliCpu / CPU_OVERCOMMIT),
    'requests.memory': memoryText(memoryBytes / MEBI / MEMORY_OVERCOMMIT),
    services: '20',
    // The ports of all learners come from one range of some 2768.
    'services.nodeports': '5',
    'services.loadbalancers': String(loadBalancers),
    persistentvolumeclaims: '0',
    configmaps: '50',
    secrets: '50',
    'count/deployments.apps': '20',
    'count/jobs.batch': '20',
    'count/ingresses.networking.k8s.io': '20',
    'count/endpointslices.discovery.k8s.io': '60',
  };
}

function cpuText(milli: number): string {
  const whole = Math.max(1, Math.floor(milli));
  return whole % 1000 === 0 ? String(whole / 1000) : `${String(whole)}m`;
}

function memoryText(mebi: number): string {
  const whole = Math.max(1, Math.floor(mebi));
  return whole % 1024 === 0 ? `${String(whole / 1024)}Gi` : `${String(whole)}Mi`;
}

/** @param text cores as Kubernetes writes them: `2`, `1.5`, `500m`. @throws AppError `limit-unusable` */
export function parseCpu(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  const milli = Number(found?.[1]) * (found?.[2] === 'm' ? 1 : 1000);
  if (!(milli >= 1)) throw unusable('--cpu', text, '4, 1.5 or 500m');
  return milli;
}

const UNITS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: MEBI, Gi: 2 ** 30 };

/** @param text bytes as Kubernetes writes them: `512Mi`, `2Gi`. @throws AppError `limit-unusable` */
export function parseMemory(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?$/.exec(text);
  const bytes = Number(found?.[1]) * (UNITS[found?.[2] ?? ''] ?? NaN);
  if (!(bytes >= MEBI)) throw unusable('--memory', text, '512Mi or 2Gi');
  return bytes;
}

/** @throws AppError `limit-unusable` */
export function parsePods(text: string): number {
  const pods = /^\d+$/.test(text) ? Number(text) : 0;
  if (pods < 1) throw unusable('--pods', text, '16');
  return pods;
}

const SECONDS: Record<string, number> = { m: 60, h: 3600, d: 86_400 };

/** @param text `12h`, `7d`. @returns seconds, at least the ten minutes that Kubernetes asks. @throws AppError */
export function parseValidity(text: string): number {
  const found = /^(\d+)([mhd])$/.exec(text);
  const seconds = Number(found?.[1]) * (SECONDS[found?.[2] ?? ''] ?? NaN);
  if (!(seconds >= 600 && seconds < 2 ** 32)) throw unusable('--valid-for', text, '10m, 12h or 7d');
  return seconds;
}

function unusable(option: string, text: string, examples: string): AppError {
  return new AppError({
    code: 'limit-unusable',
    message: {
      en: `${option} cannot be "${text}".`,
      ko: `${option} 값으로 "${text}"을(를) 쓸 수 없습니다.`,
    },
    fix: { en: `Write it like ${examples}.`, ko: `다음과 같이 쓰세요: ${examples.replace(' or ', ', ')}.` },
  });
}
