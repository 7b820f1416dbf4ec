import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import { isPodReady, labelsText, POD, selects, type Pod } from '#main/kube/objects.ts';
import { assess, failed, passed, unable, type FailDetails } from './judgements.ts';
import { readValue, show, valueText } from './object-values.ts';
import { execLine, runIn } from '#main/probes/pod.ts';
import { podNamed } from './vantage.ts';
import type { Checker } from './types.ts';

type Spec = CheckSpecOf<'env'>;

export interface EnvSeen {
  pods: {
    name: string;
    /** Undefined when the variable is not there. */
    value: string | undefined;
    evidence: Evidence;
  }[];
  /** Why it could not be read in a pod: the tool's own words. */
  trouble?: { words: string; evidence: Evidence };
  /** The value of the cluster that it is compared with. */
  reference: unknown;
}

/** An environment variable of running containers: what the kubelet gave them when they started. */
export const envChecker: Checker<'env', EnvSeen> = {
  async probe(check, { kube, clock }) {
    const { expect } = check;
    const reference =
      'equals' in expect && typeof expect.equals !== 'string'
        ? await readValue(kube, expect.equals)
        : undefined;
    const pods: EnvSeen['pods'] = [];
    for (const pod of await podsOf(check, (namespace) => kube.list<Pod>(POD, { namespace }))) {
      const { name, namespace = '' } = pod.metadata;
      const from = {
        namespace,
        pod: name,
        ...(check.container === undefined ? {} : { container: check.container }),
      };
      const argv = ['printenv', check.variable];
      const { stdout, stderr, exitCode } = await runIn(kube, from, argv, 5);
      const evidence: Evidence = {
        title: { en: `Environment of ${name}`, ko: `${name}의 환경 변수` },
        command: execLine(from, argv),
        output: (stdout + stderr).trim() || `exit code ${String(exitCode)}`,
        at: clock.now(),
      };
      // https://www.gnu.org/software/coreutils/manual/html_node/printenv-invocation.html: 1 when it is not set.
      if (exitCode > 1) return { pods, reference, trouble: { words: stderr.trim(), evidence } };
      pods.push({ name, evidence, value: exitCode === 0 ? stdout.replace(/\r?\n$/, '') : undefined });
    }
    return { pods, reference };
  },

  judge(check, { pods, trouble, reference }) {
    const expected = expectation(check, reference);
    const evidence = pods.map((pod) => pod.evidence);
    if (trouble !== undefined)
      return unable(
        {
          en: `printenv could not be run: ${trouble.words}`,
          ko: `printenv를 실행할 수 없습니다: ${trouble.words}`,
        },
        [trouble.evidence],
      );
    if (pods.length === 0) return failed({ expected, ...noPods(check), evidence });
    const parts = pods.map((pod): FailDetails | undefined =>
      holds(check, pod.value, reference)
        ? undefined
        : { expected, ...difference(check, pod.name, pod.value), evidence: [pod.evidence] },
    );
    const right = pods.filter((_, index) => parts[index] === undefined);
    const list = right.map(({ name, value }) => `${name}: ${show(value)}`).join(', ');
    const pass = passed(expected, { en: list, ko: list }, evidence);
    return check.some === true && right.length > 0 ? pass : assess(check.partial, parts, pass);
  },
};

async function podsOf({ pod }: Spec, list: (namespace: string) => Promise<Pod[]>): Promise<Pod[]> {
  const named = typeof pod === 'string' ? podNamed(pod) : undefined;
  const pods = await list(named?.namespace ?? (pod as { namespace: string }).namespace);
  return pods
    .filter((each) =>
      typeof pod === 'string' ? each.metadata.name === named?.pod : selects(pod.labels, each.metadata.labels),
    )
    .filter(isPodReady)
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

function holds({ expect }: Spec, value: string | undefined, reference: unknown): boolean {
  if ('absent' in expect) return value === undefined;
  if ('matches' in expect) return value !== undefined && new RegExp(expect.matches).test(value);
  const wanted = typeof expect.equals === 'string' ? expect.equals : reference;
  return value !== undefined && wanted !== undefined && value === show(wanted);
}

function difference(
  { variable, expect }: Spec,
  pod: string,
  value: string | undefined,
): Pick<FailDetails, 'actual' | 'why' | 'finding'> {
  if (value === undefined)
    return {
      actual: { en: `${variable} is not set in ${pod}`, ko: `${pod}에 ${variable} 변수가 없습니다` },
      why: {
        en: 'A container gets its environment once, when it starts. A Service that was made later is not in it: the pod has to be made again.',
        ko: '컨테이너의 환경 변수는 시작할 때 한 번 정해집니다. 그 뒤에 만든 서비스는 들어 있지 않으므로 파드를 다시 만들어야 합니다.',
      },
      finding: 'variable-missing',
    };
  const actual = { en: `${variable} is ${value} in ${pod}`, ko: `${pod}의 ${variable} 값은 ${value}` };
  return 'absent' in expect
    ? { actual, finding: 'variable-set' }
    : {
        actual,
        why: {
          en: 'The environment keeps the value of the moment when the container started, whatever has changed since.',
          ko: '환경 변수에는 컨테이너가 시작한 순간의 값이 남아 있고, 그 뒤에 바뀐 내용은 반영되지 않습니다.',
        },
        finding: 'variable-differs',
      };
}

function podText({ pod }: Spec): string {
  return typeof pod === 'string' ? pod : labelsText(pod.labels);
}

function noPods(check: Spec): Pick<FailDetails, 'actual' | 'finding'> {
  return {
    actual: {
      en: `There is no ready pod ${podText(check)}`,
      ko: `준비된 파드 ${podText(check)}이(가) 없습니다`,
    },
    finding: 'pods-not-ready',
  };
}

function expectation(check: Spec, reference: unknown): LocalizedText {
  const { variable, expect } = check;
  const where = podText(check);
  if ('absent' in expect)
    return { en: `${variable} is not set in ${where}`, ko: `${where}에 ${variable} 변수가 없음` };
  if ('matches' in expect)
    return {
      en: `${variable} in ${where} matches ${expect.matches}`,
      ko: `${where}의 ${variable} 값이 ${expect.matches} 패턴과 일치`,
    };
  if (typeof expect.equals === 'string')
    return {
      en: `${variable} in ${where} is ${expect.equals}`,
      ko: `${where}의 ${variable} 값이 ${expect.equals}`,
    };
  const value = valueText(expect.equals);
  return {
    en: `${variable} in ${where} is ${value.en} (${show(reference)})`,
    ko: `${where}의 ${variable} 값이 ${value.ko}(${show(reference)})와(과) 같음`,
  };
}
