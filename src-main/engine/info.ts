import { z } from 'zod';
import type { EngineId } from './engine-id.ts';

/** What an engine says of itself and of the (virtual) machine that it runs on. */
export interface EngineInfo {
  engine: EngineId;
  version: string;
  /** docker's API, for example `1.47`; undefined for the others and where it was not said. */
  apiVersion: string | undefined;
  kernel: string;
  /** For people: `Docker Desktop`, `Debian GNU/Linux 12 (bookworm)`. */
  operatingSystem: string;
  /** As in image platforms: `amd64`, `arm64`. */
  architecture: string;
  cgroup: 1 | 2 | undefined;
  rootless: boolean;
  /** It runs in a virtual machine of its own (macOS, Windows, Docker Desktop on Linux): container addresses are out of reach. */
  virtualMachine: boolean;
  /** Keeps images in containerd's store (Docker 29's default), which holds several platforms of one name. */
  containerdStore: boolean;
  /** Bytes; of that machine. */
  memory: number;
  processors: number;
  /** Where images and containers are kept, seen from that machine. */
  rootDirectory: string;
  /** Proxy for pulls, as the engine is set up. */
  proxy: string | undefined;
}

const dockerInfo = z.object({
  ServerVersion: z.string().default(''),
  ServerErrors: z.array(z.string()).nullish(),
  KernelVersion: z.string().default(''),
  OperatingSystem: z.string().default(''),
  Architecture: z.string().default(''),
  CgroupVersion: z.string().default(''),
  SecurityOptions: z.array(z.string()).nullish(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
  MemTotal: z.number().default(0),
  NCPU: z.number().default(0),
  DockerRootDir: z.string().default(''),
  HttpProxy: z.string().default(''),
  HttpsProxy: z.string().default(''),
});

const podmanInfo = z.object({
  host: z.object({
    arch: z.string(),
    cgroupVersion: z.string().default(''),
    kernel: z.string().default(''),
    memTotal: z.number().default(0),
    cpus: z.number().default(0),
    distribution: z.object({ distribution: z.string(), version: z.string() }).partial().default({}),
    security: z.object({ rootless: z.boolean().default(false) }).default({ rootless: false }),
    serviceIsRemote: z.boolean().default(false),
  }),
  store: z.object({ graphRoot: z.string().default('') }).default({ graphRoot: '' }),
  version: z.object({ Version: z.string() }),
});

/** Reads what {@link infoCommand} printed. Undefined when it is not what an engine that runs prints. */
export function parseInfo(engine: EngineId, output: string): EngineInfo | undefined {
  const json = parseJson(output);
  return engine === 'podman' ? fromPodman(json) : fromDocker(engine, json);
}

function fromDocker(engine: EngineId, json: unknown): EngineInfo | undefined {
  const { data: info } = dockerInfo.safeParse(json);
  // The client answers with its own half when there is no server behind it.
  if (info === undefined || info.ServerVersion === '' || (info.ServerErrors ?? []).length > 0)
    return undefined;
  const desktop = /docker desktop|rancher desktop|orbstack|colima/i.test(info.OperatingSystem);
  const proxy = info.HttpsProxy === '' ? info.HttpProxy : info.HttpsProxy;
  return {
    engine,
    version: info.ServerVersion,
    apiVersion: undefined,
    kernel: info.KernelVersion,
    operatingSystem: info.OperatingSystem,
    architecture: platformArchitecture(info.Architecture),
    cgroup: info.CgroupVersion === '2' ? 2 : info.CgroupVersion === '1' ? 1 : undefined,
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
    virtualMachine: desktop || /linuxkit|microsoft/i.test(info.KernelVersion),
    containerdStore: (info.DriverStatus ?? []).some(
      ([key, value]) => key === 'driver-type' && (value ?? '').startsWith('io.containerd.snapshotter'),
    ),
    memory: info.MemTotal,
    processors: info.NCPU,
    rootDirectory: info.DockerRootDir,
    proxy: proxy === '' ? undefined : proxy,
  };
}

/** Why docker's client has no answer of a server; clients before 23.0 say it nowhere but in their JSON. */
export function serverErrorsOf(output: string): string {
  return (dockerInfo.safeParse(parseJson(output)).data?.ServerErrors ?? []).join('\n');
}

function fromPodman(json: unknown): EngineInfo | undefined {
  const { data } = podmanInfo.safeParse(json);
  if (data === undefined) return undefined;
  const { host, store, version } = data;
  const { distribution = '', version: release = '' } = host.distribution;
  return {
    engine: 'podman',
    version: version.Version,
    apiVersion: undefined,
    kernel: host.kernel,
    operatingSystem: `${distribution} ${release}`.trim(),
    architecture: platformArchitecture(host.arch),
    cgroup: host.cgroupVersion === 'v2' ? 2 : host.cgroupVersion === 'v1' ? 1 : undefined,
    rootless: host.security.rootless,
    virtualMachine: host.serviceIsRemote,
    containerdStore: false,
    memory: host.memTotal,
    processors: host.cpus,
    rootDirectory: store.graphRoot,
    proxy: undefined,
  };
}

/** docker's API version from what {@link versionCommand} printed. */
export function parseApiVersion(output: string): string | undefined {
  const parsed = z.object({ Server: z.object({ ApiVersion: z.string() }) }).safeParse(parseJson(output));
  return parsed.data?.Server.ApiVersion;
}

/** `x86_64` as uname says it is `amd64` in the names of platforms. */
export function platformArchitecture(machine: string): string {
  return { x86_64: 'amd64', x64: 'amd64', aarch64: 'arm64' }[machine] ?? machine;
}

/** Compares `1.48` or `28.2.2` part by part; words after the numbers (`20.10.24+dfsg1`) do not count. */
export function isAtLeast(version: string | undefined, wanted: string): boolean {
  if (version === undefined) return false;
  const parts = (text: string): number[] => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [have, want] = [parts(version), parts(wanted)];
  for (const [index, part] of want.entries()) {
    const own = have[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** JSON, or undefined. Some clients print warnings before it. */
export function parseJson(output: string): unknown {
  const start = output.search(/[[{]/);
  try {
    return start < 0 ? undefined : JSON.parse(output.slice(start));
  } catch {
    return undefined;
  }
}
