import type { Problem } from '#shared/app-error.ts';
import type { Lab } from '../labs/lab.ts';
import { DNS_LABEL_LENGTH } from './learner-id.ts';
import type { Learner, LearnerList } from './learner-list.ts';
import { sameNamespace, tooLong } from './list-problems.ts';
import { homeOf, type PlannedNamespace } from './objects.ts';

/** What a learner will have. */
export interface PlannedLearner {
  learner: Learner;
  /** Put before each namespace of a lab. */
  prefix: string;
  namespaces: PlannedNamespace[];
}

/** Who will have what, before anything is asked of a cluster. */
export interface WorkshopPlan {
  workshop: string;
  /** Ids of the labs. */
  labs: string[];
  /** What the labs call their namespaces, in the order of the labs. */
  standFor: string[];
  learners: PlannedLearner[];
  /** Everything that is wrong with the list, with places. Nothing is prepared while there is any. */
  problems: Problem[];
  loadBalancers: number;
  outside: boolean;
}

type PlanLab = Pick<Lab, 'id' | 'file'>;

/** Services of type LoadBalancer that each namespace may have where a lab is about them. */
const LOAD_BALANCERS = 2;

/** @param file the list, as problems name it */
export function planWorkshop(
  workshop: string,
  list: LearnerList,
  labs: readonly PlanLab[],
  file: string,
): WorkshopPlan {
  const standFor = [...new Set(labs.flatMap((lab) => lab.file.spec.namespaces))];
  const needs = new Set(labs.flatMap((lab) => lab.file.spec.requires.capabilities));
  const learners = list.learners.map((learner) => planLearner(learner, standFor));
  return {
    workshop,
    labs: labs.map(({ id }) => id),
    standFor,
    learners,
    problems: [
      ...list.problems,
      ...lengthProblems(learners, file),
      ...clashes(workshop, learners, file),
    ].sort((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0)),
    loadBalancers: needs.has('loadBalancer') ? LOAD_BALANCERS : 0,
    outside: needs.size > 0,
  };
}

function planLearner(learner: Learner, standFor: readonly string[]): PlannedLearner {
  const prefix = `${learner.id}-`;
  return {
    learner,
    prefix,
    namespaces: standFor.map((standsFor) => ({ name: `${prefix}${standsFor}`, standsFor })),
  };
}

function lengthProblems(learners: readonly PlannedLearner[], file: string): Problem[] {
  return learners.flatMap(({ learner, prefix, namespaces }) => {
    const longest = namespaces.reduce((a, b) => (b.name.length > a.name.length ? b : a), {
      name: '',
      standsFor: '',
    });
    if (longest.name.length <= DNS_LABEL_LENGTH) return [];
    const room = DNS_LABEL_LENGTH - (longest.name.length - prefix.length) - 1;
    return [tooLong(placeOf(learner, file), learner.id, longest.standsFor, room)];
  });
}

/** Two learners may come to one namespace: `a-b` with `shop`, and `a` with `b-shop`. */
function clashes(workshop: string, learners: readonly PlannedLearner[], file: string): Problem[] {
  const owners = new Map([[homeOf(workshop), 'the workshop']]);
  const problems: Problem[] = [];
  for (const { learner, namespaces } of learners)
    for (const { name } of namespaces) {
      const other = owners.get(name);
      if (other === undefined) owners.set(name, `"${learner.id}"`);
      else problems.push(sameNamespace(placeOf(learner, file), name, other));
    }
  return problems;
}

function placeOf({ line, column }: Learner, file: string): NonNullable<Problem['where']> {
  return { file, line, column };
}
