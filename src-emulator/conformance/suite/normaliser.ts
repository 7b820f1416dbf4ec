import { maskAges } from './columns.ts';
import type { ClusterFacts } from './cluster-facts.ts';

/** kind's default ranges, which the emulated cluster has too. */
const POD_ADDRESS = /(?<![\d.])10\.244\.\d+\.\d+(?![\d]|\.\d)/g;
const SERVICE_ADDRESS = /(?<![\d.])10\.96\.\d+\.\d+(?![\d]|\.\d)/g;
/** The API's and the DNS server's: the same in every cluster. */
const WELL_KNOWN = new Set(['10.96.0.0', '10.96.0.1', '10.96.0.10']);
const FIRST_NODE_PORT = '30000';
const LAST_NODE_PORT = '32767';

/** Letters that generated names are made of; hashes of templates use only some of them. */
const HASH = '[456789bcdf]{6,10}';
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]{5}';

/** What says the same in each run, whatever it is there. */
const SIMPLE: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>'],
  [/(?<=^Duration: +)[\dhms]+$/gm, '<age>'],
  [/^([EWI])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\S+?):\d+\]/gm, '$1 $2]'],
  [/((?:resourceVersion|resource_version)"?: ?)"\d+"/g, '$1"<version>"'],
  [/(?<=^\s*Resource Version:\s+)\d+$/gm, '<version>'],
  [/(?<=Expected resource version to be \d+, was )\d+/g, '<version>'],
  [/(?<=exec ")[0-9a-f]{64}(?=")/g, '<exec>'],
  [/\(\d+[ywdhms](?:\d+[hms])? ago\)/g, '(<age> ago)'],
  [/\b[a-z]+:\/\/[0-9a-f]{64}\b/g, '<container-id>'],
  [/\bsha256:[0-9a-f]{64}\b/g, 'sha256:<digest>'],
  [/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs, '<certificate>'],
  [/\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, '<token>'],
  [/(?<=ca\.crt:\s+)\d+ bytes/g, '<size>'],
  [/(?<=\.)[0-9a-f]{16}\b/g, '<event>'],
  [/(?<=no registry behind it; it can run )[^)]+/g, '<images>'],
  // Pods that were made at once are told of in any order.
  [/(?<=ed pod: \S+-)[a-z0-9]{5}$/gm, '<id>'],
  // Whether a node had the image already is not the story of any scenario.
  [/^.* Pulling .* Pulling image .*\n/gm, ''],
  [/Successfully pulled image ("\S+") in .*$/gm, 'Image $1 is present'],
  [/Container image ("\S+") already present on machine/g, 'Image $1 is present'],
];

/**
 * Puts placeholders in place of what differs from run to run, such that what is the same stays the same: an
 * address that comes up twice has the same placeholder both times. One serves one run of one scenario.
 */
export class Normaliser {
  readonly #names = new Map<string, string>();
  readonly #numbered = new Map<string, Map<string, string>>();
  readonly #literal: string;
  #replacements: [RegExp, string][] = [];

  /** @param literal everything that the scenario itself says: a value that stands in there is no coincidence. */
  constructor(facts: ClusterFacts, namespace: string, literal: string) {
    this.#literal = literal;
    this.name('server', facts.server);
    this.name('namespace', namespace);
    for (const [title, node] of facts.nodes) {
      this.name(title, node.name);
      this.name(`${title}-ip`, node.address);
      this.name(`${title}-gateway`, node.gateway);
    }
  }

  /** Makes a value known: it is shown as `<name>` from here on, also as part of a domain name. */
  name(name: string, value: string): void {
    for (const [title, spelling] of spellings(name, value)) this.#names.set(title, spelling);
    this.#replacements = [...this.#names]
      .filter(([, known]) => known !== '')
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([title, known]) => [exactly(known), `<${title}>`]);
  }

  /** The reverse: puts values in place of the names that are known. */
  expand(text: string): string {
    return text.replace(/<([a-z][a-z0-9-]*)>/g, (whole, name: string) => this.#names.get(name) ?? whole);
  }

  /** Puts names in place of the values that are known. */
  withNames(text: string): string {
    let result = text;
    for (const [pattern, replacement] of this.#replacements)
      result = result.replace(pattern, () => replacement);
    return result;
  }

  normalise(text: string): string {
    let result = this.withNames(maskAges(text));
    for (const [pattern, replacement] of SIMPLE) result = result.replace(pattern, replacement);
    result = result
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (uid) => this.#number('uid', uid))
      .replace(POD_ADDRESS, (address) => this.#number('pod-ip', address))
      .replace(SERVICE_ADDRESS, (address) =>
        WELL_KNOWN.has(address) || this.#literal.includes(address)
          ? address
          : this.#number('service-ip', address),
      )
      // Who asked: the address matters, the port is any.
      .replace(/^(<[\w-]+>|\d+(?:\.\d+){3}):\d+$/gm, '$1:<port>')
      .replace(/(<[\w-]+>|\d+(?:\.\d+){3}):\d+->/g, '$1:<port>->')
      .replace(/(?<![\d.])3[0-2]\d{3}(?![\d.])/g, (port) =>
        port === FIRST_NODE_PORT || port === LAST_NODE_PORT || this.#literal.includes(port)
          ? port
          : this.#number('node-port', port),
      );
    // In which order endpoints stand is left open.
    result = this.#generatedNames(result).replace(/<[\w-]+>(?::\d+)?(?:,<[\w-]+>(?::\d+)?)+/g, (list) =>
      list.split(',').toSorted().join(','),
    );
    return result
      .split('\n')
      .map((line) => line.replace(/(?<=\S) {2,}/g, '  ').trimEnd())
      .join('\n');
  }

  #generatedNames(text: string): string {
    return text
      .replace(
        new RegExp(`(?<=[a-z0-9]-)(${HASH})(?:-(${SUFFIX}))?(?![a-z0-9])`, 'g'),
        (whole, hash: string, suffix?: string) =>
          this.#literal.includes(whole)
            ? whole
            : this.#number('hash', hash) + (suffix === undefined ? '' : `-${this.#number('id', suffix)}`),
      )
      .replace(new RegExp(`(?<=-hash[=:]["' ]*)${HASH}`, 'g'), (hash) => this.#number('hash', hash))
      .replace(new RegExp(`(?<=[a-z0-9>]-)${SUFFIX}(?![a-z0-9-])`, 'g'), (suffix) =>
        this.#literal.includes(`-${suffix}`) ? suffix : this.#number('id', suffix),
      );
  }

  /** The placeholder of a value: its kind, and which one of them it is in this scenario. */
  #number(kind: string, value: string): string {
    const known = this.#numbered.get(kind) ?? new Map<string, string>();
    this.#numbered.set(kind, known);
    const placeholder = known.get(value) ?? `<${kind}-${known.size + 1}>`;
    known.set(value, placeholder);
    return placeholder;
  }
}

/** How a value is written: as it is, and, for an address, as in the names of pods and in reverse look-ups. */
function spellings(name: string, value: string): [string, string][] {
  if (!/^\d+(\.\d+){3}$/.test(value)) return [[name, value]];
  return [
    [name, value],
    [`${name}-dashed`, value.replaceAll('.', '-')],
    [`${name}-reversed`, value.split('.').toReversed().join('.')],
  ];
}

/** Finds a value where it is not a part of another one. */
function exactly(value: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${value.replaceAll('.', '\\.')}(?![A-Za-z0-9]|\\.\\d)`, 'g');
}
