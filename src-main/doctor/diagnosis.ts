import type { LocalizedText } from '#shared/locale.ts';
import type { Hop } from '#shared/verdict.ts';
import type { DiagnosisFinding } from './findings.ts';

/** The probable cause of a request that does not arrive, and the hop at which it stops. */
export interface Diagnosis {
  finding: DiagnosisFinding;
  /** The stop of the track. */
  brokenHop: Hop;
  /** What was seen. */
  actual: LocalizedText;
  /** What it means and where to look. */
  why: LocalizedText;
}
