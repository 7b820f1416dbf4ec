import type { VantageSpec } from '#shared/lab-targets.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Pod } from '#main/kube/objects.ts';
import { nodesMeant, noSuchNode, readNodes } from './nodes.ts';
import type { Origin } from '#main/probes/http.ts';
import { requireClient, type ProbePoint } from '#main/probes/pod.ts';
import type { CheckContext } from './types.ts';

/** A place to look from, found and ready. */
export interface Vantage {
  origin: Origin;
  /** The pod that looks; none for this machine. */
  pod?: Pod;
  /** The namespace in which short names are looked up; `default` outside pods. */
  namespace: string;
}

/** @throws AppError when the pod is not there or not ready: then nothing can be judged */
export async function vantageOf(from: VantageSpec | undefined, context: CheckContext): Promise<Vantage> {
  if (from === 'host') return { origin: 'host', namespace: 'default' };
  const origin = await pointOf(from, context);
  const pod = await requireClient(context.kube, origin);
  return { origin, pod, namespace: origin.namespace };
}

/** The pod that a check looks from, whether it is ready or not. */
export async function pointOf(
  from: Exclude<VantageSpec, 'host'> | undefined,
  context: CheckContext,
): Promise<ProbePoint> {
  if (from === undefined) return context.client;
  if (typeof from === 'string') return podNamed(from);
  const nodes = await readNodes(context.kube);
  const [node] = nodesMeant(from.node, nodes);
  if (node === undefined) throw noSuchNode(from.node, nodes);
  return context.nodePod(node.name);
}

/** `namespace/name` of a pod. */
export function podNamed(text: string): { namespace: string; pod: string } {
  const [namespace = '', pod = ''] = text.split('/');
  return { namespace, pod };
}

/** `, from node any`: for sentences; nothing for the lab's own client. */
export function fromText(from: VantageSpec | undefined): LocalizedText {
  if (from === undefined) return { en: '', ko: '' };
  if (from === 'host') return { en: ', from this machine', ko: ' (이 컴퓨터에서)' };
  if (typeof from === 'string') return { en: `, from pod ${from}`, ko: ` (${from} 파드에서)` };
  const { node } = from;
  if (node === 'any') return { en: ', from a node', ko: ' (노드에서)' };
  return node === 'control-plane'
    ? { en: ', from the control plane node', ko: ' (컨트롤 플레인 노드에서)' }
    : { en: `, from node ${node}`, ko: ` (${node} 노드에서)` };
}
