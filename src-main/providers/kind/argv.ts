import type { Command } from '../../command/command.ts';
import type { EngineId } from '../../engine/engine-id.ts';

/** Command lines of kind 0.30 and later (kind.sigs.k8s.io/docs/user/quick-start). */

export interface KindTarget {
  engine: EngineId;
  cluster: string;
}

export function kindVersionCommand(): Command {
  return { program: 'kind', args: ['version'] };
}

/**
 * No `--wait`: kind looks at the control plane only, and ends with success when the wait was in vain.
 * @param kubeconfig a private file: without it, kind writes to the user's own and switches its context
 */
export function createCommand(
  { engine, cluster }: KindTarget,
  { image, config, kubeconfig }: { image: string; config: string; kubeconfig: string },
): Command {
  return kind(engine, [
    'create',
    'cluster',
    '--name',
    cluster,
    '--image',
    image,
    '--config',
    config,
    '--kubeconfig',
    kubeconfig,
  ]);
}

export function deleteCommand({ engine, cluster }: KindTarget, kubeconfig: string): Command {
  return kind(engine, ['delete', 'cluster', '--name', cluster, '--kubeconfig', kubeconfig]);
}

export function kubeconfigCommand({ engine, cluster }: KindTarget): Command {
  return kind(engine, ['get', 'kubeconfig', '--name', cluster]);
}

/** Loads an archive of images into every node. Archives work where `load docker-image` fails (Docker 29). */
export function loadArchiveCommand({ engine, cluster }: KindTarget, archive: string): Command {
  return kind(engine, ['load', 'image-archive', archive, '--name', cluster]);
}

function kind(engine: EngineId, args: string[]): Command {
  return { program: 'kind', args, env: { KIND_EXPERIMENTAL_PROVIDER: engine } };
}
