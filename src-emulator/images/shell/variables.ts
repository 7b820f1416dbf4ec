interface Variable {
  value: string;
  exported: boolean;
}

/** The variables of a shell. */
export class Variables {
  #values: Map<string, Variable>;
  /** What `local` has hidden, innermost function last. */
  readonly #scopes: Map<string, Variable | undefined>[] = [];

  constructor(env: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(env).map(([name, value]) => [name, { value, exported: true }]));
  }

  clone(): Variables {
    const copy = new Variables({});
    copy.#values = new Map([...this.#values].map(([name, variable]) => [name, { ...variable }]));
    return copy;
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.value;
  }

  set(name: string, value: string): void {
    this.#values.set(name, { value, exported: this.#values.get(name)?.exported ?? false });
  }

  export(name: string, value?: string): void {
    const old = this.#values.get(name);
    if (value !== undefined || old !== undefined)
      this.#values.set(name, { value: value ?? old?.value ?? '', exported: true });
  }

  unset(name: string): void {
    this.#values.delete(name);
  }

  /** Makes `name` local to the function that runs. */
  local(name: string, value: string | undefined): void {
    const scope = this.#scopes.at(-1);
    if (scope !== undefined && !scope.has(name)) scope.set(name, this.#values.get(name));
    this.set(name, value ?? '');
  }

  /** The environment of a child. */
  exported(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, variable] of this.#values) if (variable.exported) env[name] = variable.value;
    return env;
  }

  /** All variables, sorted by name, for `set`. */
  all(): [string, string][] {
    return [...this.#values]
      .map(([name, variable]): [string, string] => [name, variable.value])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Sets variables until the returned function is called (`X=1 builtin`). */
  assignTemporarily(env: Readonly<Record<string, string>>): () => void {
    const saved = Object.keys(env).map((name): [string, Variable | undefined] => [
      name,
      this.#values.get(name),
    ]);
    for (const [name, value] of Object.entries(env)) this.#values.set(name, { value, exported: true });
    return () => this.#restore(saved);
  }

  /** Opens a function's scope; the returned function closes it. */
  enterScope(env: Readonly<Record<string, string>>): () => void {
    const restore = this.assignTemporarily(env);
    this.#scopes.push(new Map());
    return () => {
      this.#restore(this.#scopes.pop() ?? []);
      restore();
    };
  }

  #restore(saved: Iterable<[string, Variable | undefined]>): void {
    for (const [name, variable] of saved) {
      if (variable === undefined) this.#values.delete(name);
      else this.#values.set(name, variable);
    }
  }
}
