import type { PersistentVolume, PersistentVolumeClaim } from '../../api/objects.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from '../../api/resources.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { compareQuantities } from '../../api/validation/quantity.ts';
import { jsonEqual } from '../../store/json.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { timestamp } from '../object-helpers.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { claimNames, isBound, SELECTED_NODE, waitsForConsumer } from './claim-use.ts';
import { STORAGE_PROVISIONER } from './provisioner.ts';

const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** Stands for volumes that nobody makes: they are there already, or never. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
/** Claims that found no volume are looked at again after this time. */
const RESYNC_MS = 15_000;

/** Binds claims and volumes to each other (kube-controller-manager's persistentvolume-binder). */
export function startPersistentVolumeBinder(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'persistentvolume-controller' });
  const claims: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    if (!new Binding(context, events, claim).run()) claims.addAfter(key, RESYNC_MS);
  });
  const volumes = new WorkQueue(context.clock, (name) => syncVolume(context, name));
  const claimOf = ({ spec: { claimRef } }: PersistentVolume): string | undefined =>
    claimRef === undefined ? undefined : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`;
  return disposeAll([
    claims,
    volumes,
    api.watch(PERSISTENT_VOLUME_CLAIMS, ({ object }) => {
      claims.add(keyOf(object));
      if ((object.spec.volumeName ?? '') !== '') volumes.add(object.spec.volumeName ?? '');
    }),
    api.watch(PERSISTENT_VOLUMES, ({ object }) => {
      volumes.add(object.metadata.name);
      const claim = claimOf(object);
      if (claim !== undefined) claims.add(claim);
    }),
    api.watch(PODS, ({ object }) => {
      for (const name of claimNames(object)) claims.add(`${object.metadata.namespace ?? ''}/${name}`);
    }),
  ]);
}

/** The phase of a volume: whether its claim is there, or was. */
function syncVolume({ api, clock }: ControllerContext, name: string): void {
  const volume = api.get(PERSISTENT_VOLUMES, undefined, name);
  if (volume === undefined) return;
  const { claimRef } = volume.spec;
  const claim = api.get(PERSISTENT_VOLUME_CLAIMS, claimRef?.namespace, claimRef?.name ?? '');
  const isClaimed = claimRef?.uid !== undefined;
  const phase = !isClaimed
    ? 'Available'
    : claim?.metadata.uid !== claimRef.uid
      ? 'Released'
      : claim?.spec.volumeName === name
        ? 'Bound'
        : volume.status.phase;
  if (phase === undefined || phase === volume.status.phase) return;
  api.mutate(
    PERSISTENT_VOLUMES,
    undefined,
    name,
    (draft) => {
      draft.status = { ...draft.status, phase, lastPhaseTransitionTime: timestamp(clock.now()) };
    },
    { subresource: 'status' },
  );
}

/** One sync of one claim. */
class Binding {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #claim: PersistentVolumeClaim;

  constructor(context: ControllerContext, events: EventRecorder, claim: PersistentVolumeClaim) {
    this.#context = context;
    this.#events = events;
    this.#claim = claim;
  }

  /** @returns false when the claim has to wait for a volume. */
  run(): boolean {
    const { api } = this.#context;
    const { spec, metadata } = this.#claim;
    if ((spec.volumeName ?? '') !== '') return this.#followVolume(spec.volumeName ?? '');
    const delayed = waitsForConsumer(api, this.#claim) && metadata.annotations?.[SELECTED_NODE] === undefined;
    const volume = this.#provisioned() ?? (delayed ? undefined : this.#find());
    if (volume !== undefined) this.#bind(volume);
    else if (delayed) this.#tellWaiting();
    else this.#askProvisioner();
    return volume !== undefined;
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(this.#claim, type, reason, message);
  }

  /** A volume that was made for this very claim, or that its owner has meant for it. */
  #provisioned(): PersistentVolume | undefined {
    const { name, namespace, uid } = this.#claim.metadata;
    return this.#context.api.list(PERSISTENT_VOLUMES).find(({ spec: { claimRef }, metadata }) => {
      if (claimRef?.name !== name || claimRef.namespace !== namespace) return false;
      return metadata.deletionTimestamp === undefined && (claimRef.uid ?? uid) === uid;
    });
  }

  /** The smallest volume that does. */
  #find(): PersistentVolume | undefined {
    const { accessModes = [], resources, selector, storageClassName = '', volumeMode } = this.#claim.spec;
    const size = resources?.requests?.['storage'];
    return this.#context.api
      .list(PERSISTENT_VOLUMES)
      .filter(
        ({ metadata, spec, status }) =>
          spec.claimRef === undefined &&
          status.phase === 'Available' &&
          metadata.deletionTimestamp === undefined &&
          (spec.storageClassName ?? '') === storageClassName &&
          (spec.volumeMode ?? 'Filesystem') === (volumeMode ?? 'Filesystem') &&
          accessModes.every((mode) => (spec.accessModes ?? []).includes(mode)) &&
          compareQuantities(spec.capacity?.['storage'], size) >= 0 &&
          (selector === undefined || matchesLabels(selector, metadata.labels)),
      )
      .sort((a, b) => compareQuantities(a.spec.capacity?.['storage'], b.spec.capacity?.['storage']))[0];
  }

  #bind({ metadata: { name: volume }, spec }: PersistentVolume): void {
    const { api } = this.#context;
    const { apiVersion, kind, metadata } = this.#claim;
    const { name, namespace, uid, resourceVersion } = metadata;
    if (spec.claimRef?.uid === undefined)
      api.mutate(PERSISTENT_VOLUMES, undefined, volume, (draft) => {
        draft.spec.claimRef = { apiVersion, kind, name, uid, resourceVersion };
        if (namespace !== undefined) draft.spec.claimRef.namespace = namespace;
        draft.metadata.annotations = { ...draft.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
      });
    api.mutate(PERSISTENT_VOLUME_CLAIMS, namespace, name, (draft) => {
      draft.spec.volumeName = volume;
      draft.metadata.annotations = {
        ...draft.metadata.annotations,
        [BIND_COMPLETED]: 'yes',
        [BOUND_BY_CONTROLLER]: 'yes',
      };
    });
    this.#writeStatus({
      phase: 'Bound',
      ...(spec.accessModes === undefined ? {} : { accessModes: spec.accessModes }),
      ...(spec.capacity === undefined ? {} : { capacity: spec.capacity }),
    });
  }

  /** A claim that names a volume is bound to it, waits for it, or has lost it. */
  #followVolume(name: string): boolean {
    const volume = this.#context.api.get(PERSISTENT_VOLUMES, undefined, name);
    if (volume === undefined) {
      if (!isBound(this.#claim)) return false;
      this.#writeStatus({ phase: 'Lost' });
      this.#tell(
        'Warning',
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
      return true;
    }
    const { claimRef } = volume.spec;
    const { metadata } = this.#claim;
    const ours =
      claimRef === undefined ||
      (claimRef.name === metadata.name &&
        claimRef.namespace === metadata.namespace &&
        (claimRef.uid ?? metadata.uid) === metadata.uid);
    if (ours && !isBound(this.#claim)) this.#bind(volume);
    else if (!ours)
      this.#tell('Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
    return ours;
  }

  #tellWaiting(): void {
    const pod = this.#context.api
      .list(PODS, { namespace: this.#claim.metadata.namespace ?? '' })
      .find((each) => claimNames(each).includes(this.#claim.metadata.name));
    if (pod === undefined)
      this.#tell('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    else if ((pod.spec.nodeName ?? '') === '')
      this.#tell('Normal', 'WaitForPodScheduled', `waiting for pod ${pod.metadata.name} to be scheduled`);
  }

  #askProvisioner(): void {
    const { api } = this.#context;
    const { metadata, spec } = this.#claim;
    const className = spec.storageClassName ?? '';
    if (className === '') {
      this.#tell(
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      );
      return;
    }
    const storageClass = api.get(STORAGE_CLASSES, undefined, className);
    if (storageClass === undefined) {
      this.#tell('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
      return;
    }
    const { provisioner } = storageClass;
    if (provisioner === NO_PROVISIONER) return;
    if (metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner)
      api.mutate(PERSISTENT_VOLUME_CLAIMS, metadata.namespace, metadata.name, (draft) => {
        draft.metadata.annotations = {
          ...draft.metadata.annotations,
          [BETA_STORAGE_PROVISIONER]: provisioner,
          [STORAGE_PROVISIONER]: provisioner,
        };
      });
    this.#tell(
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    );
  }

  #writeStatus(status: PersistentVolumeClaim['status']): void {
    const { namespace, name } = this.#claim.metadata;
    this.#context.api.mutate(
      PERSISTENT_VOLUME_CLAIMS,
      namespace,
      name,
      (draft) => {
        if (!jsonEqual(draft.status, status)) draft.status = status;
      },
      { subresource: 'status' },
    );
  }
}
