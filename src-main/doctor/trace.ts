import type { Trace } from '#shared/contract.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence, Hop } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { isPodReady, POD, type Pod } from '#main/kube/objects.ts';
import { diagnoseService } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';
import { refusedByPods } from './hops/listens.ts';
import { probeDns, type DnsSeen } from '#main/probes/dns.ts';
import { httpFailure, probeHttp, type HttpSeen } from '#main/probes/http.ts';
import { endpointsOf, readServiceState, serviceEvidence, type ServiceState } from './service-state.ts';

export interface TraceOptions {
  /** The pod that the request starts from. */
  client: { namespace: string; pod: string };
  namespace: string;
  service: string;
  /** The Service's first port when left out. */
  port?: number;
}

const HOPS: readonly Hop[] = ['client', 'dns', 'service', 'endpoints', 'pod'];

interface Stop {
  hop: Hop;
  text: LocalizedText;
  evidence?: Evidence;
}

/**
 * Sends one request from a pod to a Service and tells what was seen at each hop, up to the one where it
 * stopped. @throws AppError when the API server does not answer.
 */
export async function traceRequest(kube: KubeClient, options: TraceOptions): Promise<Trace> {
  const { client, namespace, service } = options;
  const [pod, state] = await Promise.all([
    kube.get<Pod>({ ...POD, namespace: client.namespace, name: client.pod }),
    readServiceState(kube, namespace, service, [client.namespace, 'default']),
  ]);
  if (pod === undefined || !isPodReady(pod)) {
    return trace(
      options,
      state,
      {},
      {
        hop: 'client',
        text: {
          en: `The pod ${client.namespace}/${client.pod} is not there or not ready, so no request can start.`,
          ko: `파드 ${client.namespace}/${client.pod}이(가) 없거나 준비되지 않아 요청을 시작할 수 없습니다.`,
        },
      },
    );
  }
  const host = namespace === client.namespace ? service : `${service}.${namespace}`;
  if (state.service === undefined) {
    // No name without a Service: asking for it would only wait for servers outside the cluster.
    const text = diagnoseService(state)?.actual ?? { en: host, ko: host };
    return trace(options, state, {}, { hop: 'dns', text, evidence: serviceEvidence(state, Date.now()) });
  }
  const port = options.port ?? state.service.spec.ports?.[0]?.port ?? 80;
  const [dns, http] = await Promise.all([
    probeDns(kube, client, host),
    askWho(kube, client, `http://${host}:${String(port)}`),
  ]);
  return trace(options, state, { dns, http, port }, stopOf(state, dns, http, host, port));
}

/** A request whose answer names the pod, where the program in it can tell; else the plain one. */
async function askWho(kube: KubeClient, client: TraceOptions['client'], origin: string): Promise<HttpSeen> {
  const named = await probeHttp(kube, client, `${origin}/hostname`);
  return named.status >= 400 ? probeHttp(kube, client, `${origin}/`) : named;
}

function stopOf(
  state: ServiceState,
  dns: DnsSeen,
  http: HttpSeen,
  host: string,
  port: number,
): Stop | undefined {
  if (dns.addresses.length === 0) {
    return {
      hop: 'dns',
      text: {
        en: `The name ${host} does not resolve (${dns.status}).`,
        ko: `이름 ${host}을(를) 해석할 수 없습니다(${dns.status}).`,
      },
      evidence: dns.evidence,
    };
  }
  const failure = httpFailure(http);
  if (failure === 'none') return undefined;
  const cause: Diagnosis | undefined =
    diagnoseService(state, port) ?? (failure === 'refused' ? refusedByPods(state, port) : undefined);
  return cause === undefined
    ? { hop: 'pod', text: { en: http.error, ko: http.error }, evidence: http.evidence }
    : { hop: cause.brokenHop, text: cause.actual, evidence: http.evidence };
}

interface Seen {
  dns?: DnsSeen;
  http?: HttpSeen;
  port?: number;
}

function trace(options: TraceOptions, state: ServiceState, seen: Seen, stop: Stop | undefined): Trace {
  const stoppedAt = stop === undefined ? HOPS.length : HOPS.indexOf(stop.hop);
  return {
    at: Date.now(),
    hops: HOPS.map((hop, index) => {
      const label = labelOf(hop, options, state, seen);
      if (stop !== undefined && index === stoppedAt)
        return {
          hop,
          state: 'broken',
          text: stop.text,
          label,
          ...(stop.evidence === undefined ? {} : { evidence: stop.evidence }),
        };
      if (index > stoppedAt)
        return { hop, state: 'not-reached', text: { en: 'Not reached.', ko: '도달하지 못했습니다.' }, label };
      return { hop, state: 'ok', text: sentenceOf(hop, state, seen, label), label };
    }),
  };
}

function labelOf(hop: Hop, options: TraceOptions, state: ServiceState, seen: Seen): string {
  switch (hop) {
    case 'client':
      return options.client.pod;
    case 'dns':
      return seen.dns?.addresses.join(', ') ?? '';
    case 'service':
      return seen.port === undefined ? state.name : `${state.name}:${String(seen.port)}`;
    case 'endpoints': {
      const port = state.service?.spec.ports?.find((p) => seen.port === undefined || p.port === seen.port);
      return endpointsOf(state, port)
        .filter((endpoint) => endpoint.ready)
        .map((endpoint) => `${endpoint.ip}:${String(endpoint.port ?? '?')}`)
        .join(', ');
    }
    case 'pod':
      return answererOf(state, seen) ?? '';
  }
}

/**
 * Name of the pod that answered: what the body names (programs of the labs answer with their host's name), or
 * the only endpoint there is. Undefined when several could have.
 */
function answererOf(state: ServiceState, { http, port }: Seen): string | undefined {
  if (http === undefined || http.status === 0) return undefined;
  const servicePort = state.service?.spec.ports?.find((p) => port === undefined || p.port === port);
  const names = endpointsOf(state, servicePort)
    .filter((endpoint) => endpoint.ready)
    .flatMap(({ pod }) => (pod === undefined ? [] : [pod]));
  const said = http.body.split(/[^a-z0-9.-]+/);
  return names.find((name) => said.includes(name)) ?? (names.length === 1 ? names[0] : undefined);
}

function sentenceOf(hop: Hop, state: ServiceState, seen: Seen, label: string): LocalizedText {
  switch (hop) {
    case 'client':
      return { en: `The request starts in pod ${label}.`, ko: `요청이 파드 ${label}에서 출발합니다.` };
    case 'dns':
      return {
        en: `DNS answers ${label} for ${seen.dns?.answeredName ?? state.name}.`,
        ko: `DNS가 ${seen.dns?.answeredName ?? state.name}의 주소로 ${label}을(를) 알려 줍니다.`,
      };
    case 'service':
      return {
        en: `Service ${state.name} takes requests on port ${String(seen.port ?? '')}.`,
        ko: `서비스 ${state.name}이(가) ${String(seen.port ?? '')}번 포트에서 요청을 받습니다.`,
      };
    case 'endpoints':
      return { en: `One of these is chosen: ${label}.`, ko: `이 가운데 하나를 고릅니다: ${label}.` };
    case 'pod': {
      const answer = `HTTP ${String(seen.http?.status ?? 0)}`;
      return label === ''
        ? { en: `A pod answered ${answer}.`, ko: `파드가 ${answer}(으)로 응답했습니다.` }
        : { en: `${label} answered ${answer}.`, ko: `${label} 파드가 ${answer}(으)로 응답했습니다.` };
    }
  }
}
