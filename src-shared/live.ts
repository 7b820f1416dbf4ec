import { z } from 'zod';

/** View models of cluster objects: what the renderer draws, and nothing more. Main makes them. */

const base = {
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
};

export const podViewSchema = z.strictObject({
  kind: z.literal('Pod'),
  ...base,
  labels: z.record(z.string(), z.string()),
  /** What `kubectl get pods` prints under STATUS: Running, Terminating, ImagePullBackOff … */
  status: z.string(),
  phase: z.string(),
  ready: z.boolean(),
  readyContainers: z.number(),
  containers: z.array(
    z.strictObject({ name: z.string(), image: z.string(), ready: z.boolean(), running: z.boolean() }),
  ),
  ports: z.array(z.strictObject({ name: z.string().optional(), port: z.number(), protocol: z.string() })),
  restarts: z.number(),
  ip: z.string().optional(),
  node: z.string().optional(),
  terminating: z.boolean(),
  /** `Deployment/web` or `ReplicaSet/web-5d…`, when something owns it. */
  owner: z.string().optional(),
});

export const serviceViewSchema = z.strictObject({
  kind: z.literal('Service'),
  ...base,
  type: z.string(),
  clusterIP: z.string().optional(),
  externalName: z.string().optional(),
  externalAddresses: z.array(z.string()),
  /** Present where requests come in from outside: NodePort, LoadBalancer, external IPs. */
  externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
  selector: z.record(z.string(), z.string()).optional(),
  ports: z.array(
    z.strictObject({
      name: z.string().optional(),
      protocol: z.string(),
      port: z.number(),
      targetPort: z.union([z.number(), z.string()]),
      nodePort: z.number().optional(),
    }),
  ),
});

export const endpointSliceViewSchema = z.strictObject({
  kind: z.literal('EndpointSlice'),
  ...base,
  service: z.string().optional(),
  ports: z.array(
    z.strictObject({ name: z.string().optional(), port: z.number().optional(), protocol: z.string() }),
  ),
  endpoints: z.array(
    z.strictObject({
      address: z.string(),
      ready: z.boolean(),
      serving: z.boolean(),
      terminating: z.boolean(),
      node: z.string().optional(),
      pod: z.string().optional(),
    }),
  ),
});

export const workloadViewSchema = z.strictObject({
  kind: z.literal('Deployment'),
  ...base,
  replicas: z.number(),
  ready: z.number(),
  updated: z.number(),
  available: z.number(),
});

export const nodeViewSchema = z.strictObject({
  kind: z.literal('Node'),
  ...base,
  ready: z.boolean(),
  schedulable: z.boolean(),
  roles: z.array(z.string()),
  address: z.string().optional(),
  version: z.string(),
});

export const configViewSchema = z.strictObject({
  kind: z.enum(['ConfigMap', 'Secret']),
  ...base,
  keys: z.array(z.string()),
});

export const eventViewSchema = z.strictObject({
  kind: z.literal('Event'),
  ...base,
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  /** `Pod/web-0`. */
  object: z.string(),
  count: z.number(),
  lastSeenAt: z.number(),
});

export const objectViewSchema = z.discriminatedUnion('kind', [
  podViewSchema,
  serviceViewSchema,
  endpointSliceViewSchema,
  workloadViewSchema,
  nodeViewSchema,
  configViewSchema,
  eventViewSchema,
]);

export type PodView = z.infer<typeof podViewSchema>;
export type ServiceView = z.infer<typeof serviceViewSchema>;
export type EndpointSliceView = z.infer<typeof endpointSliceViewSchema>;
export type WorkloadView = z.infer<typeof workloadViewSchema>;
export type NodeView = z.infer<typeof nodeViewSchema>;
export type ConfigView = z.infer<typeof configViewSchema>;
export type EventView = z.infer<typeof eventViewSchema>;
export type ObjectView = z.infer<typeof objectViewSchema>;

/**
 * A change of the live state. The first batch of a subscription, and the one after a gap, is a `snapshot` that
 * replaces everything. `seq` rises by one with each batch.
 */
export const liveBatchSchema = z.strictObject({
  seq: z.number().int(),
  snapshot: z.boolean(),
  upserts: z.array(objectViewSchema),
  /** uids. */
  deletes: z.array(z.string()),
});
export type LiveBatch = z.infer<typeof liveBatchSchema>;

/** Names one object for reading its YAML. */
export const objectRefSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
});
export type ObjectRef = z.infer<typeof objectRefSchema>;
