/** What goes on with a pack: told often, so whoever shows it chooses when. */
export interface PackProgress {
  /**
   * `pull`: an image is fetched (`done` of `total` layers). In bytes: `check`: what is there is compared with its
   * checksum; `pack`: an archive is written (`total` as the engine counts, layers that images share too often);
   * `load`: it is given to the engine. `have`: it is there already.
   */
  action: 'pull' | 'check' | 'pack' | 'load' | 'have';
  /** Of the image or the entry. */
  name: string;
  done: number;
  total: number;
}

export type TellProgress = (progress: PackProgress) => void;
