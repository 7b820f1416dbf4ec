import type { Pod } from '../api/objects.ts';
import { FileError, type Container, type FileSystem, type Image } from '../images/types.ts';
import { goSeconds } from './back-off.ts';
import { probeTarget } from './container-probes.ts';
import { stopContainer } from './container-stopper.ts';
import { buildEnvironment, ContainerConfigError, expandVariables } from './environment.ts';
import { ImageError } from './image-puller.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { runLifecycleHook } from './lifecycle-hooks.ts';
import type { ManagedContainer } from './managed-container.ts';
import { fullPodName, restartsAfter } from './restart-policy.ts';
import { hostIpOf, type Sandbox } from './sandbox.ts';
import type { PodVolumes } from './volumes.ts';

/** Errors that only time or a change elsewhere can mend are looked at again after this many ms. */
const RETRY_MS = 12_000;
/** What of a container's termination message is kept, in bytes. */
const TERMINATION_MESSAGE_BYTES = 4096;
/** The exit code of a container that could not be started. */
const START_ERROR = 128;

export interface StartRequest {
  context: KubeletContext;
  pod: Pod;
  container: ManagedContainer;
  sandbox: Sandbox;
  volumes: PodVolumes;
  /** The container of the pod that an ephemeral container looks into, if it runs. */
  processTarget: Container | undefined;
  onExit: () => void;
}

/**
 * Brings one container to run: image, configuration, creation, start, with the kubelet's events. What goes wrong
 * is left in the container's waiting state.
 * @returns ms until it makes sense to try again; undefined when it runs or failed for good.
 */
export async function startContainer(request: StartRequest): Promise<number | undefined> {
  const { context, pod, container } = request;
  const { spec, fieldPath } = container;
  const key = `${pod.metadata.uid}/${spec.name}`;
  const inBackOff = restartBackOff(request, key);
  if (inBackOff !== undefined) return inBackOff;

  const found = await ensureImage(request);
  if (typeof found === 'number') return found;
  // The pod may have been told to end while the image was on its way.
  const current = container.stopping;
  if (current !== undefined) return undefined;

  let environment: Readonly<Record<string, string>>;
  try {
    const addresses = { podIp: request.sandbox.stack.address, hostIp: hostIpOf(context) };
    environment = buildEnvironment(context.api, pod, spec, addresses);
  } catch (error) {
    if (!(error instanceof ContainerConfigError)) throw error;
    container.wait('CreateContainerConfigError', error.message);
    context.events.record(pod, 'Warning', 'Failed', `Error: ${error.message}`, fieldPath);
    return RETRY_MS;
  }
  return createAndRun(request, found, environment);
}

async function createAndRun(
  request: StartRequest,
  image: Image,
  environment: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const { context, pod, container, sandbox, volumes, processTarget, onExit } = request;
  const { runtime, clock, events } = context;
  const { spec, fieldPath } = container;
  const expand = (words: string[]): string[] =>
    words.map((word) => expandVariables(word, (name) => environment[name]));
  container.begin(image);
  const messages = runtime.createVolume({ [MESSAGE_FILE]: '' });
  const messagePath = spec.terminationMessagePath ?? '';
  const shareProcessesWith = processTarget ?? sandbox.processes;
  const created = runtime.createContainer({
    image,
    ...(spec.command === undefined || spec.command.length === 0 ? {} : { command: expand(spec.command) }),
    ...(spec.args === undefined || spec.args.length === 0 ? {} : { args: expand(spec.args) }),
    env: environment,
    ...(spec.workingDir === undefined || spec.workingDir === '' ? {} : { workingDir: spec.workingDir }),
    hostname: sandbox.hostname,
    network: sandbox.stack,
    resolve: sandbox.resolve,
    clock,
    mounts: [
      ...sandbox.mounts(),
      ...volumes.mountsOf(spec, environment),
      ...(messagePath === ''
        ? []
        : [{ path: messagePath, source: messages, sourcePath: MESSAGE_FILE, readOnly: false }]),
    ],
    ...(shareProcessesWith === undefined ? {} : { shareProcessesWith }),
  });
  events.record(pod, 'Normal', 'Created', `Created container: ${spec.name}`, fieldPath);
  try {
    container.run(created, () => readMessage(messages), onExit);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
      `unable to start container process: ${error.message}: unknown`;
    container.failStart(message, restartsAfter(pod, container.role, START_ERROR));
    events.record(pod, 'Warning', 'Failed', `Error: ${message}`, fieldPath);
    return RESTART_MS;
  }
  events.record(pod, 'Normal', 'Started', `Started container ${spec.name}`, fieldPath);
  return runPostStart(request);
}

const MESSAGE_FILE = '/termination-log';

function readMessage(messages: FileSystem): string {
  return Buffer.from(messages.readFile(MESSAGE_FILE)).subarray(0, TERMINATION_MESSAGE_BYTES).toString();
}

/** @returns ms until the next try, when the hook has failed and the container was ended for that. */
async function runPostStart({ context, pod, container, sandbox }: StartRequest): Promise<number | undefined> {
  const hook = container.spec.lifecycle?.postStart;
  const podIp = sandbox.stack.address;
  const target = probeTarget(context, container, podIp);
  if (hook === undefined || target === undefined) return undefined;
  container.inPostStart = true;
  const failure = await runLifecycleHook(hook, pod, target);
  if (failure === undefined) {
    container.inPostStart = false;
    return undefined;
  }
  context.events.record(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', container.fieldPath);
  const graceMs = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  await stopContainer(context, pod, container, { graceMs, message: 'FailedPostStartHook', podIp });
  container.inPostStart = false;
  const code = container.exitCode ?? 0;
  if (restartsAfter(pod, container.role, code)) container.wait('PostStartHookError', failure);
  return RESTART_MS;
}

/** The kubelet looks at its containers once a second, so a restart takes about that long. */
export const RESTART_MS = 1000;

/** @returns ms to wait while the container crashes too often; undefined when it may start. */
function restartBackOff({ context, pod, container }: StartRequest, key: string): number | undefined {
  const { restarts, clock, events } = context;
  if (container.finishedAtMs === 0) return undefined;
  const now = clock.now();
  const delayMs = restarts.delay(key, container.finishedAtMs);
  const leftMs = container.finishedAtMs + delayMs - now;
  if (leftMs <= 0) {
    restarts.next(key, container.finishedAtMs, now);
    return undefined;
  }
  const full = fullPodName(pod);
  container.wait(
    'CrashLoopBackOff',
    `back-off ${goSeconds(delayMs)} restarting failed container=${container.spec.name} pod=${full}`,
  );
  const message = `Back-off restarting failed container ${container.spec.name} in pod ${full}`;
  events.record(pod, 'Warning', 'BackOff', message, container.fieldPath);
  return Math.min(leftMs, RETRY_MS);
}

/** @returns the image, or ms until the next try. */
async function ensureImage({ context, pod, container }: StartRequest): Promise<Image | number> {
  const { images, pulls, clock, events } = context;
  const { image: reference, imagePullPolicy } = container.spec;
  const { fieldPath } = container;
  const key = `${pod.metadata.uid}/${reference}`;
  try {
    const present = images.find(reference);
    if (present !== undefined && imagePullPolicy !== 'Always') {
      events.record(
        pod,
        'Normal',
        'Pulled',
        `Container image "${reference}" already present on machine`,
        fieldPath,
      );
      return present;
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${reference}" is not present with pull policy of Never`;
      throw new ImageError('ErrImageNeverPull', message);
    }
    const updatedAt = pulls.updatedAt(key);
    const leftMs = updatedAt === undefined ? 0 : updatedAt + pulls.delay(key, updatedAt) - clock.now();
    if (leftMs > 0) {
      const message = `Back-off pulling image "${reference}"`;
      const cause = container.state.waiting?.message ?? '';
      const why = cause.startsWith(message) ? cause : `${message}: ErrImagePull: ${cause}`;
      container.wait('ImagePullBackOff', why);
      events.record(pod, 'Normal', 'BackOff', message, fieldPath);
      events.record(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', fieldPath);
      return Math.min(leftMs, RETRY_MS);
    }
    events.record(pod, 'Normal', 'Pulling', `Pulling image "${reference}"`, fieldPath);
    const { image, message } = await images.pull(reference);
    pulls.forget(key);
    events.record(pod, 'Normal', 'Pulled', message, fieldPath);
    return image;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const { reason, message } = error;
    const first = pulls.updatedAt(key) === undefined;
    container.wait(reason, message);
    if (reason === 'ErrImagePull') {
      pulls.next(key, clock.now(), clock.now());
      events.record(pod, 'Warning', 'Failed', `Failed to pull image "${reference}": ${message}`, fieldPath);
    } else
      events.record(
        pod,
        'Warning',
        reason === 'InvalidImageName' ? 'InspectFailed' : reason,
        message,
        fieldPath,
      );
    events.record(pod, 'Warning', 'Failed', `Error: ${reason}`, fieldPath);
    // The first failure is looked at again at once, when the kubelet sees that the pod's sandbox runs.
    return reason === 'ErrImagePull' && first ? RESTART_MS : RETRY_MS;
  }
}
