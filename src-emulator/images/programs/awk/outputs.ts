import type { ByteSink } from '../../../streams.ts';
import { openSink } from '../../open.ts';
import { resolvePath } from '../../path.ts';
import { createPipe } from '../../pipe.ts';
import type { ProcessContext } from '../../types.ts';

interface Output {
  sink: ByteSink;
  finished: Promise<unknown>;
}

/** Where `>`, `>>` and `|` of print statements lead: open until they are closed or the program ends. */
export class Outputs {
  readonly #context: ProcessContext;
  readonly #open = new Map<string, Output>();

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  /** Opens it at the first use. @throws FileError */
  open(operator: '>' | '>>' | '|', target: string): ByteSink {
    const known = this.#open.get(target);
    if (known !== undefined) return known.sink;
    let output: Output;
    if (operator === '|') {
      const pipe = createPipe();
      const process = this.#context.spawn(['sh', '-c', target], { stdin: pipe.source });
      output = { sink: pipe.sink, finished: process.exit };
    } else if (target === '/dev/stderr' || target === '/dev/stdout')
      output = { sink: { write: (data) => (target === '/dev/stderr' ? this.#context.stderr : this.#context.stdout).write(data), end: () => undefined }, finished: Promise.resolve() }; // prettier-ignore
    else
      output = {
        sink: openSink(this.#context.fs, resolvePath(this.#context.cwd, target), operator === '>>'),
        finished: Promise.resolve(),
      };
    this.#open.set(target, output);
    return output.sink;
  }

  /** Tells whether there was one to close. */
  async close(name: string): Promise<boolean> {
    const output = this.#open.get(name);
    if (output === undefined) return false;
    this.#open.delete(name);
    output.sink.end();
    await output.finished;
    return true;
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.#open.keys()]) await this.close(name);
  }
}
