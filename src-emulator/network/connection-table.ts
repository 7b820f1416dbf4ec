import type { Clock } from '../clock.ts';
import type { SocketAddress } from './types.ts';

/** How long a closed TCP connection is remembered (nf_conntrack_tcp_timeout_time_wait). */
const TIME_WAIT_MS = 120_000;
/** How long an open one may be idle (nf_conntrack_tcp_timeout_established). */
const ESTABLISHED_SECONDS = 432_000;
/** Closed connections that are remembered at most. */
const MOST_CLOSED = 2000;

/** One direction of a connection, as a node sees its packets. */
export interface Tuple {
  source: SocketAddress;
  destination: SocketAddress;
}

/** A TCP connection as `conntrack -L` shows it. */
export interface TrackedConnection {
  protocol: 'tcp';
  state: 'ESTABLISHED' | 'TIME_WAIT';
  secondsLeft: number;
  original: Tuple;
  reply: Tuple;
}

/** A connection and the nodes that its packets go through. */
export interface OpenedConnection {
  /** As the sender sees it. */
  original: Tuple;
  /** As the receiver answers it. */
  reply: Tuple;
  /** The node that translated it: that of the sender, or the first one that it came to. */
  via: string | undefined;
  /** The node of the receiver. */
  to: string | undefined;
}

/** The connection tracking of all nodes: what is open, and what was closed a moment ago. */
export class ConnectionTable {
  readonly #clock: Clock;
  readonly #open = new Set<OpenedConnection>();
  readonly #closed = new Map<OpenedConnection, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  opened(connection: OpenedConnection): void {
    this.#open.add(connection);
  }

  closed(connection: OpenedConnection): void {
    if (!this.#open.delete(connection)) return;
    this.#closed.set(connection, this.#clock.now() + TIME_WAIT_MS);
    if (this.#closed.size <= MOST_CLOSED) return;
    const [oldest] = this.#closed.keys();
    if (oldest !== undefined) this.#closed.delete(oldest);
  }

  /** What a node remembers: the newest first. */
  of(node: string): TrackedConnection[] {
    const now = this.#clock.now();
    const isSeen = ({ via, to }: OpenedConnection): boolean => via === node || to === node;
    const open = [...this.#open].filter(isSeen).map((connection) => ({
      protocol: 'tcp' as const,
      state: 'ESTABLISHED' as const,
      secondsLeft: ESTABLISHED_SECONDS - 1,
      ...tuplesAt(node, connection),
    }));
    const closed = [...this.#closed].flatMap(([connection, until]) =>
      until > now && isSeen(connection)
        ? [
            {
              protocol: 'tcp' as const,
              state: 'TIME_WAIT' as const,
              secondsLeft: Math.ceil((until - now) / 1000),
              ...tuplesAt(node, connection),
            },
          ]
        : [],
    );
    return [...open, ...closed].reverse();
  }
}

/** The receiver's node sees what the translating node made of it. */
function tuplesAt(
  node: string,
  { original, reply, via }: OpenedConnection,
): Pick<TrackedConnection, 'original' | 'reply'> {
  if (via === undefined || via === node) return { original, reply };
  return { original: { source: reply.destination, destination: reply.source }, reply };
}
