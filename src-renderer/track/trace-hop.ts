import type { Trace } from '#shared/contract.ts';

export type TraceHop = Trace['hops'][number];
