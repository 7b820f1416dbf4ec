import type { Command } from '../command/command.ts';
import type { EngineId } from './engine-id.ts';

/**
 * Command lines of the engines. All three take the same words here; where they differ, it says so. Sources:
 * docs.docker.com/reference/cli/docker, docs.podman.io, github.com/containerd/nerdctl docs/command-reference.md.
 */

/** Label that kind and k3d put on their containers, with the cluster's name. */
export const KIND_CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
export const K3D_CLUSTER_LABEL = 'k3d.cluster';

export function infoCommand(engine: EngineId): Command {
  // podman's own JSON is asked for by the word; the others take a Go template.
  return { program: engine, args: ['info', '--format', engine === 'podman' ? 'json' : '{{json .}}'] };
}

/** API versions, which decide what docker can do; the others have none that matter here. */
export function versionCommand(): Command {
  return { program: 'docker', args: ['version', '--format', '{{json .}}'] };
}

/** Full ids of the containers with a label (`key` or `key=value`), ended ones too: one a line. */
export function containersCommand(engine: EngineId, label: string): Command {
  return { program: engine, args: ['ps', '--all', '--no-trunc', '--quiet', '--filter', `label=${label}`] };
}

/** Details of containers: a JSON array. */
export function inspectContainersCommand(engine: EngineId, ids: readonly string[]): Command {
  return { program: engine, args: ['container', 'inspect', ...ids] };
}

/** Details of images: a JSON array. Exit status 1 when one of them is not there; the others are printed. */
export function inspectImagesCommand(engine: EngineId, references: readonly string[]): Command {
  return { program: engine, args: ['image', 'inspect', ...references] };
}

/** @param platform `linux/amd64`; the engine's own when left out */
export function pullCommand(engine: EngineId, reference: string, platform?: string): Command {
  return {
    program: engine,
    args: ['pull', ...(platform === undefined ? [] : ['--platform', platform]), reference],
  };
}

/**
 * Writes an archive of images to standard output.
 * @param platform only this one of an image that holds several. docker knows the option from API 1.48 on (and a
 * store that holds several only then); podman holds one platform a name.
 */
export function saveCommand(engine: EngineId, references: readonly string[], platform?: string): Command {
  const archive = engine === 'podman' ? ['--format', 'docker-archive', '--multi-image-archive'] : [];
  const only = platform === undefined || engine === 'podman' ? [] : ['--platform', platform];
  return { program: engine, args: ['save', ...archive, ...only, ...references] };
}

/** Reads an archive of images from standard input. */
export function loadCommand(engine: EngineId): Command {
  return { program: engine, args: ['load'] };
}

export function tagCommand(engine: EngineId, image: string, name: string): Command {
  return { program: engine, args: ['tag', image, name] };
}

export function untagCommand(engine: EngineId, name: string): Command {
  return { program: engine, args: ['rmi', name] };
}

export function startCommand(engine: EngineId, containers: readonly string[]): Command {
  return { program: engine, args: ['start', ...containers] };
}

/** Removes containers with their anonymous volumes, running or not. */
export function removeCommand(engine: EngineId, containers: readonly string[]): Command {
  return { program: engine, args: ['rm', '--force', '--volumes', ...containers] };
}

export function networkCommand(engine: EngineId, name: string): Command {
  return { program: engine, args: ['network', 'inspect', name] };
}

/** Fails while containers are in it. */
export function removeNetworkCommand(engine: EngineId, name: string): Command {
  return { program: engine, args: ['network', 'rm', name] };
}

/** Fails while a container uses it. */
export function removeVolumeCommand(engine: EngineId, name: string): Command {
  return { program: engine, args: ['volume', 'rm', name] };
}

/** Runs a program in a container; `interactive` hands standard input on. */
export function execCommand(
  engine: EngineId,
  container: string,
  argv: readonly string[],
  { interactive = false }: { interactive?: boolean } = {},
): Command {
  return {
    program: engine,
    args: ['exec', ...(interactive ? ['--interactive'] : []), container, ...argv],
  };
}
