import { CORE_NUMBERS } from './core.ts';
import { GROUP_NUMBERS } from './groups.ts';

/**
 * The numbers that Kubernetes gives the fields of its protobuf messages (stable for ever, as protobuf asks), for
 * what clients send of the served kinds. Fields stand in the order of their numbers from 1; `7:name` leaves a
 * gap and goes on from there. `~Type` is a Go struct embedded under its own number: its fields belong to the
 * message around it. Types of fields are not repeated here: the schema knows them.
 */
export const FIELD_NUMBERS: Record<string, string> = { ...CORE_NUMBERS, ...GROUP_NUMBERS };
