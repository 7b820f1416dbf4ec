import type { User } from '../auth/user.ts';
import type { WriteContext } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import type { ResourceType } from '../resources.ts';

/** A write as admission sees it: after decoding and defaulting, before validation. */
export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE';
  type: ResourceType;
  /** What is to be written. A plug-in may change it. */
  object: KubeObject;
  /** What is there now; undefined when the object is new. */
  stored?: KubeObject;
  subresource?: string;
  /** The object is new because a request that changes found none: server-side apply. */
  implicit?: boolean;
  /** Who writes; undefined for the cluster's own parts. */
  user?: User;
  context: WriteContext;
}

/** Lets a write pass, changes it or refuses it (k8s.io/apiserver/pkg/admission). */
export interface AdmissionPlugin {
  /** @throws ApiError 403 and others. */
  admit(request: AdmissionRequest): void;
}
