/** The iptables of a network namespace, as far as programs show them. */
export interface IptablesTable {
  name: 'mangle' | 'filter' | 'nat';
  /** In the order in which `iptables-save` prints them: those of the kernel, then the others by name. */
  chains: IptablesChain[];
}

export interface IptablesChain {
  name: string;
  /** Only chains of the kernel have one. */
  policy: 'ACCEPT' | undefined;
  rules: IptablesRule[];
}

/** One match extension of a rule, in both ways in which iptables writes it. */
export interface IptablesMatch {
  /** `-m tcp --dport 80` */
  save: string;
  /** `tcp dpt:80` */
  list: string;
}

export interface IptablesRule {
  /** A range, `10.244.0.0/16`; with `! ` before it all others. */
  source?: string;
  destination?: string;
  protocol?: 'tcp' | 'udp';
  matches: IptablesMatch[];
  /** The chain or the verdict that it leads to; none for a rule that only says something. */
  target?: { name: string; save?: string; list?: string };
}

const BUILT_IN = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
} as const;

/** A table that is filled chain by chain. */
export class TableBuilder {
  readonly #name: IptablesTable['name'];
  readonly #rules = new Map<string, IptablesRule[]>();

  constructor(name: IptablesTable['name']) {
    this.#name = name;
  }

  chain(...names: string[]): void {
    for (const name of names) if (!this.#rules.has(name)) this.#rules.set(name, []);
  }

  append(chain: string, rule: IptablesRule): void {
    this.chain(chain);
    this.#rules.get(chain)?.push(rule);
  }

  build(): IptablesTable {
    const builtIn: readonly string[] = BUILT_IN[this.#name];
    const others = [...this.#rules.keys()].filter((name) => !builtIn.includes(name)).sort();
    return {
      name: this.#name,
      chains: [...builtIn, ...others].map((name) => ({
        name,
        policy: builtIn.includes(name) ? 'ACCEPT' : undefined,
        rules: this.#rules.get(name) ?? [],
      })),
    };
  }
}

export function comment(text: string): IptablesMatch {
  return {
    save: `-m comment --comment "${text}"`,
    list: `/* ${text} */`,
  };
}

export function port(protocol: 'tcp' | 'udp', number: number): IptablesMatch {
  return { save: `-m ${protocol} --dport ${number}`, list: `${protocol} dpt:${number}` };
}

/** That packets of a protocol are looked at at all. */
export function anyPort(protocol: 'tcp' | 'udp'): IptablesMatch {
  return { save: `-m ${protocol}`, list: protocol };
}

export function connectionState(states: string): IptablesMatch {
  return states.startsWith('!')
    ? { save: `-m conntrack ! --ctstate ${states.slice(1)}`, list: `! ctstate ${states.slice(1)}` }
    : { save: `-m conntrack --ctstate ${states}`, list: `ctstate ${states}` };
}

export function addressType(side: 'src' | 'dst'): IptablesMatch {
  return {
    save: `-m addrtype --${side}-type LOCAL`,
    list: `ADDRTYPE match ${side}-type LOCAL`,
  };
}

/**
 * One of `n`, by chance. The kernel keeps the probability as a fraction of 2^31, which shows in its last digits:
 * a third is 0.33333333349.
 */
export function oneOf(n: number): IptablesMatch {
  const probability = (Math.round(Number((1 / n).toFixed(10)) * 2 ** 31) / 2 ** 31).toFixed(11);
  return {
    save: `-m statistic --mode random --probability ${probability}`,
    list: `statistic mode random probability ${probability}`,
  };
}
