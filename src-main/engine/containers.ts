import { z } from 'zod';
import { parseJson } from './info.ts';

/** A container as far as clusters made of containers are concerned. */
export interface EngineContainer {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** `running`, `exited`, `created`, `paused` … */
  status: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Its address in each network, by the network's name. */
  addresses: Readonly<Record<string, string>>;
}

const inspected = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Created: z.string(),
    State: z.object({ Status: z.string() }),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
    NetworkSettings: z
      .object({ Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish() })
      .nullish(),
  }),
);

/** Reads what {@link inspectContainersCommand} printed; what is no list of containers is none. */
export function parseContainers(output: string): EngineContainer[] {
  const { data = [] } = inspected.safeParse(parseJson(output));
  return data.map(({ Id, Name, Created, State, Config, NetworkSettings }) => ({
    id: Id,
    name: Name.replace(/^\//, ''),
    labels: Config.Labels ?? {},
    status: State.Status,
    createdAt: Date.parse(Created),
    addresses: Object.fromEntries(
      Object.entries(NetworkSettings?.Networks ?? {}).map(([name, { IPAddress }]) => [name, IPAddress ?? '']),
    ),
  }));
}

const networks = z.array(
  z.object({
    // docker and nerdctl
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })).nullish() }).optional(),
    // podman
    subnets: z.array(z.object({ subnet: z.string() })).optional(),
  }),
);

/** The first IPv4 subnet of a network, as {@link networkCommand} printed it: `172.18.0.0/16`. */
export function parseSubnet(output: string): string | undefined {
  const { data = [] } = networks.safeParse(parseJson(output));
  const subnets = data.flatMap(({ IPAM, subnets: own }) => [
    ...(IPAM?.Config ?? []).map(({ Subnet }) => Subnet),
    ...(own ?? []).map(({ subnet }) => subnet),
  ]);
  return subnets.find((subnet) => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(subnet));
}
