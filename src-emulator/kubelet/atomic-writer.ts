import type { Clock } from '../clock.ts';
import type { FileSystem } from '../images/types.ts';
import type { VolumeFile, VolumeFiles } from './volume-content.ts';

const DATA = '..data';
const UINT32 = 2 ** 32;

/**
 * Keeps the files of a volume that is made of objects as the kubelet does, so that a reader never sees half of a
 * change: they lie in a folder named by the time, `..data` leads to it, and everything else leads through `..data`
 * (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
 */
export class AtomicWriter {
  readonly #files: FileSystem;
  readonly #clock: Clock;
  #written: VolumeFiles = {};
  #folder: string | undefined;

  /** @param files empty, and not written to by anyone else */
  constructor(files: FileSystem, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
  }

  /** Replaces what is there by these files; what is the same already stays as it is. */
  write(wanted: VolumeFiles): void {
    if (this.#folder !== undefined && isSame(wanted, this.#written)) return;
    const folder = nameOfFolder(this.#clock.now());
    this.#files.mkdir(`/${folder}`);
    for (const [path, { data, mode }] of Object.entries(wanted)) {
      const target = `/${folder}/${path}`;
      this.#files.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
      this.#files.writeFile(target, data, { mode });
    }
    this.#files.symlink(folder, `/${DATA}_tmp`);
    this.#files.rename(`/${DATA}_tmp`, `/${DATA}`);
    const names = topLevel(wanted);
    for (const name of names)
      if (this.#files.readLink(`/${name}`) === undefined) this.#files.symlink(`${DATA}/${name}`, `/${name}`);
    for (const name of topLevel(this.#written)) if (!names.has(name)) this.#files.remove(`/${name}`);
    if (this.#folder !== undefined) this.#files.remove(`/${this.#folder}`, { recursive: true });
    this.#folder = folder;
    this.#written = wanted;
  }
}

/** `..2026_11_26_10_09_22.86932012`: a moment, and a number by chance. @param now milliseconds since the epoch */
function nameOfFolder(now: number): string {
  const moment = new Date(now).toISOString().slice(0, 19).replace(/[-T:]/g, '_');
  return `..${moment}.${Math.floor(Math.random() * UINT32)}`;
}

function topLevel(files: VolumeFiles): Set<string> {
  return new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
}

function isSame(a: VolumeFiles, b: VolumeFiles): boolean {
  const paths = Object.keys(a);
  return paths.length === Object.keys(b).length && paths.every((path) => isSameFile(a[path], b[path]));
}

function isSameFile(a: VolumeFile | undefined, b: VolumeFile | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.mode === b.mode && Buffer.from(a.data).equals(Buffer.from(b.data));
}
