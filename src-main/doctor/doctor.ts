import type { DoctorReport } from '#shared/doctor.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { look, type DoctorOptions } from './look.ts';
import type { DoctorSeen } from './types.ts';
import { walk } from './walk.ts';

/**
 * Walks the path of a request to a Service, hop by hop, and names the first that is broken. Changes nothing.
 * @throws AppError `client-pod-unready`, and what the API server's silence throws: then nothing can be said
 */
export async function askDoctor(kube: KubeClient, options: DoctorOptions): Promise<DoctorReport> {
  const seen = await look(kube, options);
  const from = fromOf(seen);
  return {
    namespace: options.namespace,
    service: options.service,
    at: seen.at,
    ...(from === undefined ? {} : { from }),
    ...walk(seen),
  };
}

function fromOf({ from, client }: DoctorSeen): string | undefined {
  if (from === 'host') return 'host';
  return client === undefined ? undefined : `${client.metadata.namespace ?? ''}/${client.metadata.name}`;
}
