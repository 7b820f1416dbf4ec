import type { AnswerMatcher } from '#shared/lab-answers.ts';
import type { ObjectTarget, PodsWith } from '#shared/lab-basics.ts';
import type { LabAction } from '#shared/lab-format.ts';
import { AppError } from '#shared/app-error.ts';
import { matcherValues } from '../checks/answer.ts';
import { readTarget } from '../checks/object-values.ts';
import type { CheckContext } from '../checks/types.ts';
import { ENDPOINT_SLICE, isPodReady, labelsText, POD, type KubeObject, type Pod } from '../kube/objects.ts';
import type { Lab, Script } from './lab.ts';
import { refOf, type Stage } from './stage.ts';

const VALUE_DEADLINE_MS = 20_000;
const POLL_MS = 250;

export interface ActionSession {
  lab: Lab;
  stage: Stage;
  context: CheckContext;
  /** Submits an answer to a check of the step. */
  answer(checkId: string, value: string): Promise<void>;
}

/**
 * Does to the cluster what a script says, in order: solutions and wrong answers. Every action is a request to
 * the API server or an exec in the lab's client pod; nothing runs on the host.
 */
export async function runScript(script: Script, session: ActionSession): Promise<void> {
  for (const action of script.actions) await runAction(action, script, session);
}

async function runAction(action: LabAction, script: Script, session: ActionSession): Promise<void> {
  const { lab, stage, context } = session;
  const { kube } = context;
  if ('apply' in action) {
    const file = script.files.find((f) => f.name === action.apply);
    if (file === undefined) throw new Error(`${action.apply} is not among the script's files`);
    await stage.apply(file.yaml, action.namespace ?? lab.client.namespace, file.name);
  } else if ('delete' in action) {
    const objects = await chosen(session, action.delete, action.count);
    for (const object of objects) await kube.delete(refOf(object));
    // As kubectl does: what keeps its name until it is gone could not be made again.
    for (const object of objects) await stage.departed(object);
  } else if ('patch' in action) {
    for (const object of await chosen(session, action.patch, action.count))
      await kube.patch(refOf(object), action.with);
  } else if ('slice' in action) {
    await makeSlice(action.slice, session);
  } else if ('exec' in action) {
    const { namespace, pod } = action.in === undefined ? lab.client : await readyPod(session, action.in);
    await kube.exec(namespace, pod, action.exec);
  } else if ('waitFor' in action) {
    await stage.waitFor([action.waitFor], action.deadline * 1000);
  } else if ('value' in action) {
    await session.answer(action.answer, action.value);
  } else {
    await session.answer(action.answer, await valueOf(action.from, context));
  }
}

/** A value of the cluster. Some come a moment after what they belong to: the address of a load balancer does. */
async function valueOf(
  from: Extract<AnswerMatcher, { object: ObjectTarget }>,
  context: CheckContext,
): Promise<string> {
  const until = context.clock.now() + VALUE_DEADLINE_MS;
  for (;;) {
    const [value] = await matcherValues(from, context);
    if (value !== undefined) return value;
    if (context.clock.now() >= until) throw nothingThere(from.object);
    await context.clock.sleep(POLL_MS);
  }
}

/** The first `count` objects of a target; by labels, those that are not going already. */
async function chosen(
  { context }: ActionSession,
  target: ObjectTarget,
  count: number | undefined,
): Promise<KubeObject[]> {
  const found = (await readTarget(context.kube, target)).filter(
    (object) => object.metadata.deletionTimestamp === undefined,
  );
  if (found.length === 0) throw nothingThere(target);
  return found.slice(0, count);
}

async function readyPod(
  { context }: ActionSession,
  { namespace, labels }: PodsWith,
): Promise<{ namespace: string; pod: string }> {
  const pods = await context.kube.list<Pod>(POD, { namespace, labelSelector: labelsText(labels) });
  const pod = pods.find(isPodReady);
  if (pod === undefined) throw nothingThere({ ...POD, namespace, labels });
  return { namespace, pod: pod.metadata.name };
}

function nothingThere(target: ObjectTarget): AppError {
  const what = `${target.kind} ${'name' in target ? target.name : labelsText(target.labels)}`;
  return new AppError({
    code: 'action-without-object',
    message: {
      en: `The action found no ${what} in ${target.namespace ?? 'the cluster'}.`,
      ko: `${target.namespace ?? '클러스터'}에서 ${what}을(를) 찾지 못했습니다.`,
    },
  });
}

type SliceByHand = Extract<LabAction, { slice: unknown }>['slice'];

async function makeSlice(slice: SliceByHand, { context }: ActionSession): Promise<void> {
  const pods = await context.kube.list<Pod>(POD, {
    namespace: slice.podsIn ?? slice.namespace,
    labelSelector: labelsText(slice.pods),
  });
  await context.kube.create({
    ...ENDPOINT_SLICE,
    metadata: {
      name: `${slice.service}-by-hand`,
      namespace: slice.namespace,
      labels: { 'kubernetes.io/service-name': slice.service },
    },
    addressType: 'IPv4',
    ports: [{ port: slice.port, protocol: 'TCP' }],
    endpoints: pods
      .filter(isPodReady)
      .map((pod) => ({ addresses: [pod.status?.podIP], conditions: { ready: true } })),
  });
}
