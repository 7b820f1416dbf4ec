/**
 * One command of a scenario, and how its answer is come by.
 *
 * In commands, standard input and files, `<name>` stands for a value of this run: what a step captured under that
 * name, `<namespace>`, and for each node `<control-plane>`, `<worker>`, `<worker2>` (its name), `<worker-ip>` and
 * `<worker-gateway>` (the address it has itself on its pods' network).
 */
export interface Step {
  /** Arguments of kubectl as one types them in a shell, without `kubectl` itself. */
  readonly command: string;
  /** What tells it from steps with the same command: a few words, shown in the recording. */
  readonly about?: string;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Run again until what it prints, with names in place of known values, matches. */
  readonly until?: RegExp;
  /** Its output, normalised, has no part in the comparison: it prepares what follows. It must succeed. */
  readonly quiet?: true;
  /** Its lines come in no certain order: they are compared sorted. */
  readonly sorted?: true;
  /** The name under which its output is known from here on, in commands and in recordings. Implies quiet. */
  readonly capture?: string;
  /** Keeps the command running while these are run, and ends it then: for `port-forward`, `proxy` and the like. */
  readonly during?: Following;
}

/** What is done while a command runs. */
export interface Following {
  /** When the command is ready. Its first group, if it has one, becomes the `<port>` of this run. */
  readonly ready: RegExp;
  /** Paths asked by HTTP on the forwarded port of this machine. */
  readonly fetch: readonly string[];
}

/** A story told to a cluster in a namespace of its own. */
export interface Scenario {
  /** Names its recording and, with a number behind it, its namespace: lowercase letters and dashes. */
  readonly name: string;
  /** What it is about, in a few words. */
  readonly title: string;
  readonly steps: readonly (Step | string)[];
  /** Files in the folder in which its commands run, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** It is run with every kubectl in the unit tests, and not only with the last one. */
  readonly everyKubectl?: true;
  /** It changes what others can see (nodes, node ports by number): nothing runs beside it. */
  readonly alone?: true;
  /** What it makes outside its namespace, as `kind/name`: deleted at the end. */
  readonly leaves?: readonly string[];
}

/** `kubectl create --dry-run=server -f -` with a manifest that is there for what is said about it. */
export function refusal(about: string, stdin: string, options = ''): Step {
  return { command: `create --dry-run=server ${options}${options === '' ? '' : ' '}-f -`, about, stdin };
}

/** `kubectl apply -f -`. */
export function apply(about: string, stdin: string, options = ''): Step {
  return { command: `apply ${options}${options === '' ? '' : ' '}-f -`, about, stdin };
}

/** Applies what the scenario needs, unrecorded. */
export function given(stdin: string): Step {
  return { command: 'apply -f -', about: 'what is needed', stdin, quiet: true };
}

/** Runs a command that has to succeed, unrecorded: waiting, mostly. */
export function quiet(command: string): Step {
  return { command, quiet: true };
}

/** Runs a command until its normalised output matches. */
export function until(pattern: RegExp, command: string): Step {
  return { command, until: pattern };
}

/** Waits, unrecorded, until a command's output matches. */
export function quietUntil(pattern: RegExp, command: string): Step {
  return { command, until: pattern, quiet: true };
}

/** Gives what a command prints a name for this run. */
function capture(name: string, command: string): Step {
  return { command, capture: name };
}

/** The cluster address of Services, each under the name `<service-ip>`. */
export function serviceAddresses(...services: string[]): Step[] {
  return services.map((name) => capture(`${name}-ip`, `get service ${name} -o jsonpath={.spec.clusterIP}`));
}

/** The addresses of pods that are ready or have them by now, each under the name `<pod-ip>`. */
export function podAddresses(...pods: string[]): Step[] {
  return pods.map((name) => ({
    command: `get pod ${name} -o jsonpath={.status.podIP}`,
    until: /./,
    capture: `${name}-ip`,
  }));
}

/** Waits until pods are ready, unrecorded. */
export function ready(...pods: string[]): Step {
  return quiet(
    `wait --for=condition=Ready --timeout=90s ${pods.map((name) => (name.includes('/') ? name : `pod/${name}`)).join(' ')}`,
  );
}
