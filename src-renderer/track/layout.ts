import type { Hop } from '#shared/verdict.ts';
import type { Platform, Topology } from './topology.ts';

/** Sizes in CSS pixels. */
const MARGIN = 58;
const ROW = 28;
const TOP = 22;
const BOTTOM = 12;
const CORNER = 10;
/** Room for a pod's name, its address and its node, right of its stop. */
const PLATFORM_ROOM = 0.37;

export const HOPS: readonly Hop[] = ['client', 'dns', 'service', 'endpoints', 'pod'];

export interface Stop {
  readonly hop: Exclude<Hop, 'pod'>;
  readonly x: number;
  readonly y: number;
}

export interface PlacedPlatform {
  readonly platform: Platform;
  readonly x: number;
  readonly y: number;
  /** SVG path from the endpoints to the pod; undefined beside the line. */
  readonly branch?: string;
}

export interface NodeBand {
  readonly node: string;
  readonly y: number;
  readonly height: number;
}

export interface TrackLayout {
  readonly width: number;
  readonly height: number;
  readonly stops: readonly Stop[];
  readonly platforms: readonly PlacedPlatform[];
  readonly bands: readonly NodeBand[];
  readonly bandX: number;
  /** Pods that there is no room for. */
  readonly hidden: number;
}

/** Places everything as a transit map does: one straight line, then branches with round corners. */
export function layOut(topology: Topology, width: number, height: number): TrackLayout {
  const room = Math.max(1, Math.floor((height - TOP - BOTTOM) / ROW));
  const all = topology.platforms;
  const shown = all.length > room ? all.slice(0, Math.max(1, room - 1)) : all;
  const podX = Math.round(width * (1 - PLATFORM_ROOM));
  const endpointsX = podX - 104;
  const y = Math.round(height / 2) - 2;
  const gap = (endpointsX - MARGIN) / 3;
  const stops = (['client', 'dns', 'service', 'endpoints'] as const).map((hop, index) => ({
    hop,
    x: Math.round(MARGIN + gap * index),
    y,
  }));

  const rows = shown.length + (all.length > shown.length ? 1 : 0);
  const firstY = Math.max(TOP + ROW / 2, y - ((rows - 1) * ROW) / 2);
  const platforms = shown.map((platform, index) => {
    const at = Math.round(firstY + index * ROW);
    return {
      platform,
      x: podX,
      y: at,
      ...(platform.connected ? { branch: branchPath(endpointsX, y, podX, at) } : {}),
    };
  });
  return {
    width,
    height,
    stops,
    platforms,
    bands: bandsOf(platforms),
    bandX: podX - 14,
    hidden: all.length - shown.length,
  };
}

/** Right, up or down with round corners, right. */
export function branchPath(fromX: number, fromY: number, toX: number, toY: number): string {
  const drop = toY - fromY;
  if (Math.abs(drop) < 2) return `M${fromX} ${fromY}H${toX}`;
  const corner = Math.min(CORNER, Math.abs(drop) / 2);
  const way = Math.sign(drop);
  const turn = Math.round(toX - 2 * CORNER - 8);
  return [
    `M${fromX} ${fromY}H${turn - corner}`,
    `Q${turn} ${fromY} ${turn} ${fromY + way * corner}`,
    `V${toY - way * corner}`,
    `Q${turn} ${toY} ${turn + corner} ${toY}`,
    `H${toX}`,
  ].join('');
}

function bandsOf(platforms: readonly PlacedPlatform[]): NodeBand[] {
  const bands: { node: string; connected: boolean; y: number; height: number }[] = [];
  for (const { platform, y } of platforms) {
    const node = platform.node ?? '';
    const last = bands.at(-1);
    if (last?.node === node && last.connected === platform.connected) last.height = y + ROW / 2 - 1 - last.y;
    else bands.push({ node, connected: platform.connected, y: y - ROW / 2 + 1, height: ROW - 2 });
  }
  return bands.map(({ node, y, height }) => ({ node, y, height }));
}
