import type { User } from '../auth/user.ts';

/** How a write is to be carried out. */
export interface WriteOptions {
  /** Goes through everything and stores nothing. */
  dryRun?: boolean;
  /** Recorded in managedFields. Left out, the fields are nobody's. */
  manager?: string;
  subresource?: 'status' | 'scale' | 'approval' | 'ephemeralcontainers';
  /** Who writes. Left out for the cluster's own parts. */
  user?: User;
  /** The change is a patch, which names no object to be sure of. */
  isPatch?: boolean;
  /** Takes the texts for Warning headers. */
  warn?: (text: string) => void;
  /** The write is what an apply made: its managedFields are settled. */
  applied?: boolean;
}

/** The subresources that write the status. */
export type StatusSubresource = 'status' | 'approval';

/** Whether the write is one of the status, which leaves the spec as it is. */
export function writesStatus(
  options: WriteOptions,
): options is WriteOptions & { subresource: StatusSubresource } {
  return options.subresource === 'status' || options.subresource === 'approval';
}
