/** Linux's default net.ipv4.ip_local_port_range. */
const FIRST = 32_768;
const LAST = 60_999;

/** The ports that a network namespace gives to sockets that ask for none. */
export class EphemeralPorts {
  readonly #used = new Set<number>();
  #last: number;

  /** @param random in [0, 1): where to start. */
  constructor(random: number) {
    this.#last = FIRST + Math.floor(random * (LAST - FIRST));
  }

  /**
   * A port that is neither given out nor `isBound` otherwise. When all are, one is given out twice: unlike the
   * kernel's, this table does not tell destinations apart.
   */
  take(isBound: (port: number) => boolean): number {
    for (let tried = FIRST; tried <= LAST; tried++) {
      this.#last = this.#last === LAST ? FIRST : this.#last + 1;
      if (!this.#used.has(this.#last) && !isBound(this.#last)) break;
    }
    this.#used.add(this.#last);
    return this.#last;
  }

  release(port: number): void {
    this.#used.delete(port);
  }
}

/**
 * A source port as `MASQUERADE --random-fully` picks it.
 * @param random in [0, 1).
 */
export function translatedPort(random: number): number {
  return 1024 + Math.floor(random * (65_536 - 1024));
}
