import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { LabAction, LabFile, LabStepSpec, LabText } from '#shared/lab-format.ts';
import type { LabManifest } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';

/** A lab as it was read from its folder: complete and free of defects. */
export interface Lab {
  id: string;
  /** Absolute path of the folder. */
  directory: string;
  file: LabFile;
  text: { en: LabText; ko: LabText };
  objectives: LocalizedText;
  debrief: LocalizedText;
  /** Makes the client pod. */
  clientManifest: LabManifest;
  client: { namespace: string; pod: string };
  steps: Step[];
  wrong: WrongAnswer[];
  /** When somebody has prepared its namespaces: they are used as they are, and never made or deleted. */
  prepared?: PreparedNamespaces;
}

/** Namespaces of a shared cluster that were made for one learner. */
export interface PreparedNamespaces {
  learner: string;
  /** Which namespace of labs each stands for. */
  standsFor: ReadonlyMap<string, string>;
}

/** A step with its files and texts. */
export interface Step {
  id: string;
  spec: LabStepSpec;
  prose: LocalizedText;
  setup: LabManifest[];
  starters: LabManifest[];
  hints: LocalizedText[];
  solution: Script;
  /** Markdown that explains the solution. */
  explanation: LocalizedText;
}

/** Actions, and the files that they name. */
export interface Script {
  actions: LabAction[];
  files: LabManifest[];
}

/** A known mistake, and how the lab has to meet it. */
export interface WrongAnswer extends Script {
  name: string;
  step: string;
  check: string;
  finding: string;
  message: string;
}

/** A check that compares with what its step protects, with those objects filled in. */
export function withProtected(check: LabCheckSpec, step: Step): LabCheckSpec {
  return check.kind === 'unchanged' ? { ...check, objects: check.objects ?? step.spec.protect } : check;
}
