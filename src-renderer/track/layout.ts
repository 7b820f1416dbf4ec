import type { Hop } from '#shared/verdict.ts';
import type { Platform, Topology } from './topology.ts';

/** Sizes in CSS pixels. */
const SIDE = 14;
const EDGE = 8;
const CORNER = 12;
/** From a pod back to where its branch turns: clear of the labels of the stop before. */
const TURN = 29;
const BAND_GAP = 8;
const ROW_LEAST = 21;
const ROW_MOST = 44;
/** From this height on, a row has room for a second line. */
const ROW_DOUBLE = 37;
/** Height of a node's name. */
const HEADER = 24;
/** The pods' share of the width. */
const PLATFORM_SHARE = 0.36;
/** A drawing of this size is drawn at scale 1. */
const NATURAL = { width: 780, height: 175 };

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
  /** Empty for pods that no node has yet. */
  readonly node: string;
  readonly y: number;
  readonly height: number;
  /** Baseline of the node's name. */
  readonly titleY: number;
}

export interface TrackLayout {
  readonly width: number;
  readonly height: number;
  /** What type and stops grow by in a roomy pane. */
  readonly scale: number;
  readonly stops: readonly Stop[];
  /** Width that a stop's labels have. */
  readonly stopRoom: number;
  readonly platforms: readonly PlacedPlatform[];
  readonly bands: readonly NodeBand[];
  readonly bandX: number;
  readonly bandWidth: number;
  readonly row: number;
  /** Rows have room for a second line. */
  readonly double: boolean;
  /** Pods that there is no room for, and where to say so. */
  readonly hidden: number;
  readonly hiddenY: number;
}

/** Places everything as a transit map does: one straight line, then branches with round corners to each node. */
export function layOut(topology: Topology, width: number, height: number): TrackLayout {
  const scale = Math.min(1.3, Math.max(0.94, Math.min(width / NATURAL.width, height / NATURAL.height)));
  const bandX = Math.round(width * (1 - PLATFORM_SHARE));
  const bandWidth = width - bandX - SIDE;
  const podX = bandX + 20;
  const firstX = Math.round(56 * scale);
  const endpointsX = bandX - Math.round(74 * scale);
  const gap = (endpointsX - firstX) / 3;
  const y = Math.round(height / 2 - 4 * scale);
  const stops = (['client', 'dns', 'service', 'endpoints'] as const).map((hop, index) => ({
    hop,
    x: Math.round(firstX + gap * index),
    y,
  }));

  const shown = fitting(topology.platforms, height);
  const hidden = topology.platforms.length - shown.length;
  const groups = byNode(shown);
  const rows = shown.length + (hidden > 0 ? 1 : 0);
  const fixed = fixedOf(groups.length);
  const row = Math.min(ROW_MOST, Math.max(ROW_LEAST, (roomOf(height) - fixed) / Math.max(1, rows)));
  const used = rows * row + fixed;
  let top = Math.max(EDGE, Math.round((height - used) / 2));

  const bands: NodeBand[] = [];
  const platforms: PlacedPlatform[] = [];
  for (const [node, members] of groups) {
    bands.push({
      node,
      y: Math.round(top),
      height: Math.round(HEADER + members.length * row),
      titleY: Math.round(top + HEADER * 0.7),
    });
    members.forEach((platform, index) => {
      const at = Math.round(top + HEADER + (index + 0.46) * row);
      platforms.push({
        platform,
        x: podX,
        y: at,
        ...(platform.connected ? { branch: branchPath(endpointsX, y, podX, at) } : {}),
      });
    });
    top += HEADER + members.length * row + BAND_GAP;
  }
  return {
    width,
    height,
    scale,
    stops,
    stopRoom: gap - 10,
    platforms,
    bands,
    bandX,
    bandWidth,
    row,
    double: row >= ROW_DOUBLE,
    hidden,
    hiddenY: Math.round(top + row * 0.5),
  };
}

function roomOf(height: number): number {
  return height - 2 * EDGE;
}

/** What the nodes' names and the gaps between the nodes take. */
function fixedOf(groups: number): number {
  return groups * HEADER + Math.max(0, groups - 1) * BAND_GAP;
}

/** As many pods as fit, at least one: those on the line before those beside it. */
function fitting(all: readonly Platform[], height: number): readonly Platform[] {
  for (let count = Math.min(all.length, Math.ceil(height / ROW_LEAST)); count > 1; count -= 1) {
    const shown = all.slice(0, count);
    const groups = byNode(shown).length;
    const rows = count + (count < all.length ? 1 : 0);
    const needed = rows * ROW_LEAST + fixedOf(groups);
    if (needed <= roomOf(height)) return shown;
  }
  return all.slice(0, 1);
}

/** Nodes in name order; pods that no node has yet come last. */
function byNode(platforms: readonly Platform[]): [string, Platform[]][] {
  const groups = Map.groupBy(platforms, (platform) => platform.node ?? '');
  return [...groups].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a.localeCompare(b)));
}

/** Right, up or down with round corners, right. */
function branchPath(fromX: number, fromY: number, toX: number, toY: number): string {
  const drop = toY - fromY;
  if (Math.abs(drop) < 2) return `M${fromX} ${fromY}H${toX}`;
  const corner = Math.min(CORNER, Math.abs(drop) / 2);
  const way = Math.sign(drop);
  const turn = Math.round(toX - TURN);
  return [
    `M${fromX} ${fromY}H${turn - corner}`,
    `Q${turn} ${fromY} ${turn} ${fromY + way * corner}`,
    `V${toY - way * corner}`,
    `Q${turn} ${toY} ${turn + corner} ${toY}`,
    `H${toX}`,
  ].join('');
}

/** Cuts a long name in the middle, where generated names say least. `room` in pixels, at 7.3 a character. */
export function shorten(name: string, room: number, scale: number): string {
  const fits = Math.max(8, Math.floor(room / (7.3 * scale)));
  return name.length <= fits
    ? name
    : `${name.slice(0, Math.ceil(fits / 2) - 1)}…${name.slice(-Math.floor(fits / 2))}`;
}
