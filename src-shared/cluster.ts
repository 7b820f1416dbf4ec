import { z } from 'zod';
import { problemSchema } from './app-error.ts';
import { localizedTextSchema } from './locale.ts';

/** What both sides say of clusters: where they come from, what they offer, how they stand. */

export const providerIdSchema = z.enum(['emulated', 'kind', 'k3d', 'existing']);
export type ProviderId = z.infer<typeof providerIdSchema>;

/**
 * What a lab may ask of a cluster beside nodes. `loadBalancer`: a Service of that type gets an address.
 * `ingress`: an Ingress gets an address and is served. `hostPorts`: NodePorts are reached from this machine.
 * `realSourceIp`: a Service with `externalTrafficPolicy: Local` shows the address of a client on another node.
 */
export const capabilitySchema = z.enum(['loadBalancer', 'ingress', 'hostPorts', 'realSourceIp']);
export type Capability = z.infer<typeof capabilitySchema>;
export const CAPABILITIES = capabilitySchema.options;

export const clusterCapabilitiesSchema = z.strictObject({
  /** Nodes that take pods. */
  nodes: z.number().int().min(0),
  has: z.array(capabilitySchema),
  /** Why something is not there, where that is known. */
  missing: z.partialRecord(capabilitySchema, localizedTextSchema),
});
export type ClusterCapabilities = z.infer<typeof clusterCapabilitiesSchema>;

/** NodePorts of one node that are published on this machine's loopback address, one to one in order. */
export const publishedPortsSchema = z.strictObject({
  node: z.string(),
  firstNodePort: z.number().int(),
  count: z.number().int(),
  firstHostPort: z.number().int(),
  /** TCP when left out. */
  protocol: z.enum(['TCP', 'UDP']).optional(),
});
export type PublishedPorts = z.infer<typeof publishedPortsSchema>;

/** A port of a load balancer's address that is published on this machine's loopback address. */
const publishedLoadBalancerSchema = z.strictObject({
  namespace: z.string(),
  service: z.string(),
  /** The Service's own port. */
  port: z.number().int(),
  protocol: z.enum(['TCP', 'UDP']),
  hostPort: z.number().int(),
});

/** Where what runs in the cluster is reached from this machine: loopback addresses only. */
export const reachSchema = z.strictObject({
  /** The ingress controller. */
  ingress: z.strictObject({ http: z.url(), https: z.url() }).optional(),
  nodePorts: z.array(publishedPortsSchema),
  /** Left out where load balancers are reached by their NodePorts alone. */
  loadBalancers: z.array(publishedLoadBalancerSchema).optional(),
});
export type Reach = z.infer<typeof reachSchema>;

export const providerInfoSchema = z.strictObject({
  id: providerIdSchema,
  name: localizedTextSchema,
  description: localizedTextSchema,
  /** `made`: the app makes the cluster. `given`: the user names one that exists. */
  origin: z.enum(['made', 'given']),
  /** The one that needs nothing: offered first. */
  recommended: z.boolean(),
});
export type ProviderInfo = z.infer<typeof providerInfoSchema>;

/** Something that the app itself can do about a finding. */
const mendSchema = z.strictObject({
  id: z.string(),
  label: localizedTextSchema,
  /** What is asked before it is done, when something is lost by it. */
  confirm: localizedTextSchema.optional(),
});
export type Mend = z.infer<typeof mendSchema>;

export const preflightItemSchema = z.strictObject({
  id: z.string(),
  title: localizedTextSchema,
  /** `blocked`: no cluster can be made like this. `unknown`: it could not be looked at. */
  state: z.enum(['ok', 'warning', 'blocked', 'unknown']),
  seen: localizedTextSchema,
  /** Why it matters. */
  why: localizedTextSchema,
  /** What to do, on this operating system. Present unless the state is `ok`. */
  fix: localizedTextSchema.optional(),
  /** Lines for the user's own terminal that belong to `fix`. */
  commands: z.array(z.string()),
  mends: z.array(mendSchema),
});
export type PreflightItem = z.infer<typeof preflightItemSchema>;

export const preflightReportSchema = z.strictObject({
  provider: providerIdSchema,
  /** False when something is `blocked`. */
  usable: z.boolean(),
  /** Whether a cluster can be made and every lab run without a network. */
  offlineReady: z.boolean(),
  /** Milliseconds that making a cluster took on this machine before. Left out when none was made yet. */
  estimateMs: z.number().optional(),
  items: z.array(preflightItemSchema),
  /** Milliseconds since the epoch. */
  at: z.number(),
  durationMs: z.number(),
});
export type PreflightReport = z.infer<typeof preflightReportSchema>;

export const progressStepSchema = z.strictObject({
  id: z.string(),
  text: localizedTextSchema,
  state: z.enum(['pending', 'running', 'done', 'failed']),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  /** Milliseconds that it took on this machine before (median). */
  estimateMs: z.number().optional(),
  /** What goes on inside it: `4 of 9 layers`. */
  note: localizedTextSchema.optional(),
  /** From 0 to 1, where that is known. */
  fraction: z.number().min(0).max(1).optional(),
});
export type ProgressStep = z.infer<typeof progressStepSchema>;

/** One cluster of the user's own kubeconfig. */
export const kubeContextSchema = z.strictObject({
  file: z.string(),
  context: z.string(),
  cluster: z.string(),
  server: z.string(),
  user: z.string(),
  namespace: z.string().optional(),
  /** The file's `current-context`. */
  current: z.boolean(),
});
export type KubeContext = z.infer<typeof kubeContextSchema>;

/** Names a cluster that exists. */
export const clusterSourceSchema = z.strictObject({ file: z.string().min(1), context: z.string().min(1) });
export type ClusterSource = z.infer<typeof clusterSourceSchema>;

/** What was found out of a cluster that exists, before it is used: what the user confirms. */
export const sourceReportSchema = z.strictObject({
  source: clusterSourceSchema,
  server: z.string(),
  version: z.string(),
  capabilities: clusterCapabilitiesSchema,
  /** The learner for whom namespaces were prepared in it. */
  learner: z.string().optional(),
  /** Everything that labs would make outside namespaces of their own: the namespaces themselves. */
  namespaces: z.array(
    z.strictObject({
      name: z.string(),
      labs: z.array(z.string()),
      /** `prepared`: somebody made it for this learner. `taken`: it is there and not ours. */
      state: z.enum(['to-make', 'ours', 'prepared', 'taken']),
    }),
  ),
  /** Permissions that labs need and this user lacks, as kubectl says them: `create pods in shop`. */
  missing: z.array(z.string()),
  /** What the user should know, and what speaks against using it. */
  problems: z.array(problemSchema),
  usable: z.boolean(),
});
export type SourceReport = z.infer<typeof sourceReportSchema>;

export const clusterStateSchema = z.strictObject({
  /** `gone`: it was deleted by somebody else, and does not come back by itself. */
  phase: z.enum(['none', 'creating', 'cancelling', 'ready', 'unreachable', 'gone', 'deleting', 'failed']),
  provider: providerIdSchema.optional(),
  name: z.string().optional(),
  progress: z.array(progressStepSchema),
  /** Present when ready. */
  server: z.strictObject({ url: z.string(), version: z.string(), nodes: z.number() }).optional(),
  capabilities: clusterCapabilitiesSchema.optional(),
  reach: reachSchema.optional(),
  /** The learner for whom the namespaces of a shared cluster were prepared. */
  learner: z.string().optional(),
  /** The private kubeconfig, and the one line for the learner's own terminal. */
  kubeconfigPath: z.string().optional(),
  kubectlLine: z.string().optional(),
  problem: problemSchema.optional(),
});
export type ClusterState = z.infer<typeof clusterStateSchema>;

/** What an interrupted attempt left behind. */
export const leftoverSchema = z.strictObject({
  provider: providerIdSchema,
  name: z.string(),
  text: localizedTextSchema,
});
export type Leftover = z.infer<typeof leftoverSchema>;
